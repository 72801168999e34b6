package jltrace.plan;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import jltrace.cache.ObjectFacts;
import jltrace.code.ProbeSite;
import jltrace.code.UprobeClass;
import jltrace.code.UprobeRules;
import jltrace.elf.DebugFiles;
import jltrace.elf.ElfFile;
import jltrace.elf.FunctionTable;
import jltrace.elf.Symbol;
import jltrace.prototype.Prototype;
import jltrace.prototype.PrototypeSource;
import jltrace.prototype.Prototypes;
import jltrace.target.Damages;
import jltrace.target.ObjectImage;
import jltrace.target.ProcessImage;

/** Plans which probes a process needs, step by step as objects come to it. What was planned before is not planned again. */
public final class ProbePlanner {
    private static final String C_LIBRARY = "libc.so.6";

    private final Prototypes prototypes;
    private final UprobeRules rules;
    private final CaptureLimits limits;
    private final ProbeTable table;
    private final CallSites callSites;
    private final CallPlaces callPlaces;
    private final FunctionSelector selector;
    private final FunctionReturns returns;
    private final DebugSignatures debugSignatures;
    private final ObjectFacts kept;
    private final Damages damages;
    private final Map<ElfFile, ObjectCode> codes = new HashMap<>();
    private final ExitPoints exits;

    private final Set<Place> entries = new HashSet<>();
    private final Set<Place> tailCallSites = new HashSet<>();
    private final Set<Integer> exitStatusObjects = new HashSet<>();

    /**
     * @param entryMode where calls are to be seen
     * @param rules of the running kernel
     * @param limits how much is shown of strings and arrays
     * @param table takes the functions that are planned
     * @param debugFiles where the symbols of stripped objects are
     * @param debugSignatures tells what objects know of their functions
     * @param kept keeps from run to run what objects' code tells
     * @param damages takes what of the objects can't be read
     */
    public ProbePlanner(
            TraceSelection selection,
            Prototypes prototypes,
            ReturnFacts facts,
            EntryMode entryMode,
            ReturnMode returnMode,
            UprobeRules rules,
            CaptureLimits limits,
            ProbeTable table,
            DebugFiles debugFiles,
            DebugSignatures debugSignatures,
            ObjectFacts kept,
            Damages damages) {
        this.prototypes = prototypes;
        this.rules = rules;
        this.limits = limits;
        this.table = table;
        this.debugSignatures = debugSignatures;
        this.kept = kept;
        this.selector = new FunctionSelector(selection, new IndirectFunctions(), this::code, debugFiles, damages);
        this.returns = new FunctionReturns(facts, returnMode, damages);
        this.callSites = new CallSites(this::code, damages);
        CallerStubs stubs = new CallerStubs(callSites, this::code, damages);
        this.exits = new ExitPoints(table);
        this.callPlaces = new CallPlaces(entryMode, stubs, table, exits);
        this.damages = damages;
    }

    /**
     * Plans for objects that have come to a process.
     *
     * @param image all objects of the process, the new ones included
     * @param wholeInterfaces objects of which every exported function counts as imported
     * @param sink takes the points, one by one
     * @throws IOException from the sink
     */
    public ProbePlan plan(
            ProcessImage image, List<ObjectImage> newObjects, List<ObjectImage> wholeInterfaces, ProbePoint.Sink sink)
            throws IOException {
        for (ObjectImage object : newObjects) {
            callSites.add(object, image);
            returns.add(object);
        }
        FunctionSelector.Selected selected = selector.select(image, newObjects, wholeInterfaces);
        List<Unprobed> unprobed = new ArrayList<>(selected.unprobed());
        List<ProbePlan.Function> functions = new ArrayList<>();
        PointCollector points = new PointCollector(sink, entries);
        List<ProbeSite> sites = new ArrayList<>();
        for (SelectedFunction function : selected.functions()) {
            ObjectImage object = function.codeObject();
            ProbeSite site = code(object).entrySite(function.virtualAddress());
            sites.add(site);
            entries.add(new Place(object.file().number(), site.virtualAddress()));
        }
        for (int i = 0; i < sites.size(); i++) {
            SelectedFunction function = selected.functions().get(i);
            ProbeSite site = sites.get(i);
            if (site.uprobeClass() == UprobeClass.REFUSED) {
                unprobed.add(new Unprobed(
                        function.object().file(),
                        function.name(),
                        "the kernel takes no probe on its first instructions"));
                continue;
            }
            functions.add(plan(image, function, site, points));
        }
        int seenAgain = callPlaces.updateCallers(points);
        for (ObjectImage object : newObjects) {
            planTailCalls(object, points);
        }
        return new ProbePlan(functions, unprobed, points.count(), seenAgain);
    }

    /** Where an object leaves one of its functions by a jump to an import: the return address is then another object's. */
    private void planTailCalls(ObjectImage caller, PointCollector points) throws IOException {
        Map<String, Integer> functions = callPlaces.importedBy(caller.file().number());
        if (functions.isEmpty()) {
            return;
        }
        for (ObjectCode.TailCallSite site : code(caller).tailCalls(functions.keySet())) {
            String name = site.called().name();
            Integer function = functions.get(name);
            if (function != null
                    && tailCallSites.add(
                            new Place(caller.file().number(), site.jump().virtualAddress()))) {
                int number = table.addImportCall(
                        new ProbeTable.ImportCall(function, caller.file().number(), name, false));
                points.addPassage(EventLayout.Kind.TAIL_CALL, caller, site.jump(), number, "%ax");
            }
        }
    }

    /**
     * Plans the probe that sees which status processes give to the kernel: on {@code _exit(2)} in the C library.
     *
     * @param sink takes one point, or none if no object has that function
     * @throws IOException from the sink
     */
    public void planExitStatus(ProcessImage image, ProbePoint.Sink sink) throws IOException {
        PointCollector points = new PointCollector(sink, entries);
        for (ObjectImage object : image.objects()) {
            Optional<Symbol> exit =
                    object.file().name().equals(C_LIBRARY) ? exported(object, "_exit") : Optional.empty();
            if (exit.isPresent() && exitStatusObjects.add(object.file().number())) {
                ProbeSite site = code(object).entrySite(exit.get().virtualAddress());
                points.addPassage(EventLayout.Kind.STATUS, object, site, 0, "%di");
            }
        }
    }

    private ProbePlan.Function plan(
            ProcessImage image, SelectedFunction function, ProbeSite site, PointCollector points) throws IOException {
        ObjectImage object = function.codeObject();
        ObjectCode code = code(object);
        long virtualAddress = function.virtualAddress();
        Prototype prototype = prototype(image, function);
        ArgumentPlan arguments = new ArgumentPlan(prototype.signature(), limits);
        FunctionReturns.Decision decision = returns.decide(function, code);
        int number = table.nextFunction();
        TracedFunction planned = new TracedFunction(
                number,
                function.object().file(),
                function.name(),
                arguments,
                decision.strategy(),
                function.shownForAnyCaller(),
                () -> code.flow(virtualAddress));
        table.addFunction(planned);
        CallPlaces.CallPlace place = callPlaces.add(function, planned, site, points);
        List<ProbeSite> behindCalls = place.ends();
        int ends = behindCalls.size();
        int endTraps = 0;
        for (ProbeSite end : behindCalls) {
            endTraps = Math.max(endTraps, end.uprobeClass().traps());
        }
        if (behindCalls.isEmpty()) {
            exits.add(object, decision, planned, points);
            ends = decision.exits().size() + decision.departures().size();
            endTraps = decision.traps();
        }
        return new ProbePlan.Function(
                planned,
                place.object(),
                place.site(),
                ends,
                !behindCalls.isEmpty(),
                place.site().uprobeClass().traps() + endTraps,
                decision.reason(),
                decision.mayKill(),
                prototype.source());
    }

    /** The functions whose calls are seen where they are entered, and can be seen in their callers' PLT stubs. */
    public List<TracedFunction> movable(Predicate<TracedFunction> wanted) {
        return callPlaces.movable(wanted);
    }

    /**
     * Adds PLT stubs in which the calls of functions can be seen as well.
     *
     * @param functions the numbers of such as {@link #movable} tells of
     * @param sink takes the stubs' points
     */
    public void addStubs(Set<Integer> functions, ProbePoint.Sink sink) throws IOException {
        callPlaces.addStubs(functions, new PointCollector(sink, entries));
    }

    /** The points in functions' own code that are superfluous where stubs were added for them. */
    public List<ProbePoint> ownPoints(Set<Integer> functions) {
        return callPlaces.ownPoints(functions);
    }

    /** Says that {@link #ownPoints} of functions are there no more. */
    public void leaveOwnPoints(Set<Integer> functions) {
        callPlaces.leaveOwnPoints(functions);
    }

    /** Who makes calls, by the code of the objects that were planned for. */
    public CallerResolver callers() {
        return callSites;
    }

    /**
     * What is known of the function under any of its names, the name that it was found under first. A function of which nothing is
     * known may be in the place of another library's: then it has that one's prototype.
     */
    private Prototype prototype(ProcessImage image, SelectedFunction function) {
        Prototype own = ownPrototype(function);
        if (exported(function.object(), function.name()).isEmpty()) {
            return own;
        }
        for (ObjectImage other : image.objects()) {
            if (own.source().origin() != PrototypeSource.Origin.GUESS) {
                return own;
            }
            if (other.file().number() != function.object().file().number()
                    && exported(other, function.name()).isPresent()) {
                own = prototypes.find(other.file().name(), function.name());
            }
        }
        return own;
    }

    private Optional<Symbol> exported(ObjectImage object, String name) {
        return damages.read(
                object.file(),
                Damages.SYMBOLS,
                () -> object.elf().dynamicSymbols().find(name),
                Optional.empty());
    }

    private Prototype ownPrototype(SelectedFunction function) {
        Set<String> names = new LinkedHashSet<>(List.of(function.name()));
        function.namesByCaller().values().forEach(names::addAll);
        if (!function.isStub()) {
            ElfFile elf = function.object().elf();
            damages.read(
                            function.object().file(),
                            Damages.SYMBOLS,
                            () -> elf.dynamicSymbols().functions().at(function.virtualAddress()),
                            Optional.<FunctionTable.Function>empty())
                    .ifPresent(aliases -> aliases.names().forEach(symbol -> names.add(symbol.name())));
        }
        return prototypes.find(
                function.object().file().name(),
                List.copyOf(names),
                () -> function.isStub()
                        ? Optional.empty()
                        : debugSignatures.at(function.object(), function.virtualAddress()));
    }

    private ObjectCode code(ObjectImage object) {
        return codes.computeIfAbsent(object.elf(), elf -> new ObjectCode(object, rules, kept, damages));
    }
}
