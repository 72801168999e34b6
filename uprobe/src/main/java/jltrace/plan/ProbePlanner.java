package jltrace.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import jltrace.code.FunctionExit;
import jltrace.code.ProbeSite;
import jltrace.code.UprobeClass;
import jltrace.code.UprobeRules;
import jltrace.elf.DebugFiles;
import jltrace.elf.ElfFile;
import jltrace.prototype.Prototype;
import jltrace.prototype.PrototypeSource;
import jltrace.prototype.Prototypes;
import jltrace.target.ObjectImage;
import jltrace.target.ProcessImage;

/** Plans which probes a process needs, step by step as objects come to it. What was planned before is not planned again. */
public final class ProbePlanner implements CallerResolver {
    private static final String C_LIBRARY = "libc.so.6";

    private final Prototypes prototypes;
    private final UprobeRules rules;
    private final CaptureLimits limits;
    private final ProbeTable table;
    private final Map<Integer, ObjectImage> images = new HashMap<>();
    private final Map<Integer, ProcessImage> scopes = new HashMap<>();
    private final FunctionSelector selector;
    private final FunctionReturns returns;
    private final DebugSignatures debugSignatures;
    private final Map<ElfFile, ObjectCode> codes = new HashMap<>();
    private final Map<SelectedFunction, TracedFunction> traced = new HashMap<>();
    private final Map<ExitSite, Integer> exitSites = new HashMap<>();

    private final Set<Place> tailCallSites = new HashSet<>();

    /** A return instruction and what is captured there, but for the number. */
    private record ExitSite(int object, long virtualAddress, String fetchArguments) {}

    /** Events under construction, by what they mean and capture. */
    private static final class Events {
        private final Map<Object, ProbePlan.Event> byKey = new LinkedHashMap<>();

        /**
         * The events in the order in which they are to be opened. Of the probes at one address the kernel runs the one that was
         * opened last first, and a function is entered before it leaves by its first instruction.
         */
        List<ProbePlan.Event> inOrder() {
            List<ProbePlan.Event> ordered = new ArrayList<>(byKey.values());
            ordered.sort(Comparator.comparing(event -> event.kind() == EventLayout.Kind.ENTRY));
            return List.copyOf(ordered);
        }

        private record Key(EventLayout.Kind kind, CaptureShape shape) {
            // A record's own methods are put together from method handles when they are first called, which takes
            // milliseconds.

            @Override
            public boolean equals(Object other) {
                return other instanceof Key key && key.kind == kind && key.shape.equals(shape);
            }

            @Override
            public int hashCode() {
                return 31 * kind.hashCode() + shape.hashCode();
            }
        }

        void add(EventLayout.Kind kind, CaptureShape shape, ObjectImage object, ProbeSite site, String arguments) {
            OptionalLong fileOffset = object.elf().fileOffsetOf(site.virtualAddress());
            if (fileOffset.isPresent()) {
                byKey.computeIfAbsent(new Key(kind, shape), key -> new ProbePlan.Event(kind, shape, new ArrayList<>()))
                        .points()
                        .add(new ProbePlan.Point(object, site, fileOffset.getAsLong(), arguments));
            }
        }
    }

    /**
     * @param rules of the running kernel
     * @param limits how much is shown of strings and arrays
     * @param table takes the functions that are planned
     * @param debugFiles where the symbols of stripped objects are
     * @param debugSignatures tells what objects know of their functions
     */
    public ProbePlanner(
            TraceSelection selection,
            Prototypes prototypes,
            ReturnFacts facts,
            UprobeRules rules,
            CaptureLimits limits,
            ProbeTable table,
            DebugFiles debugFiles,
            DebugSignatures debugSignatures) {
        this.prototypes = prototypes;
        this.rules = rules;
        this.limits = limits;
        this.table = table;
        this.debugSignatures = debugSignatures;
        this.selector = new FunctionSelector(selection, new IndirectFunctions(), this::code, debugFiles);
        this.returns = new FunctionReturns(facts);
    }

    /**
     * Plans for objects that have come to a process.
     *
     * @param image all objects of the process, the new ones included
     * @param wholeInterfaces objects of which every exported function counts as imported
     */
    public ProbePlan plan(ProcessImage image, List<ObjectImage> newObjects, List<ObjectImage> wholeInterfaces) {
        for (ObjectImage object : newObjects) {
            images.put(object.file().number(), object);
            scopes.put(object.file().number(), image);
        }
        FunctionSelector.Selected selected = selector.select(image, newObjects, wholeInterfaces);
        List<Unprobed> unprobed = new ArrayList<>(selected.unprobed());
        List<ProbePlan.Function> functions = new ArrayList<>();
        Events events = new Events();
        for (SelectedFunction function : selected.functions()) {
            ProbeSite site = code(function.codeObject()).entrySite(function.virtualAddress());
            if (site.uprobeClass() == UprobeClass.REFUSED) {
                unprobed.add(new Unprobed(
                        function.object().file(),
                        function.name(),
                        "the kernel takes no probe on its first instructions"));
                continue;
            }
            functions.add(plan(image, function, site, events));
        }
        for (Map.Entry<SelectedFunction, TracedFunction> entry : traced.entrySet()) {
            for (Map.Entry<Integer, Set<String>> names :
                    entry.getKey().namesByCaller().entrySet()) {
                entry.getValue().importedAs(names.getKey(), List.copyOf(names.getValue()));
            }
        }
        for (ObjectImage object : newObjects) {
            planTailCalls(object, events);
        }
        return new ProbePlan(events.inOrder(), functions, unprobed);
    }

    /** Where an object leaves one of its functions by a jump to an import: the return address is then another object's. */
    private void planTailCalls(ObjectImage caller, Events events) {
        Map<String, Integer> functions = new HashMap<>();
        for (Map.Entry<SelectedFunction, TracedFunction> entry : traced.entrySet()) {
            for (String name :
                    entry.getKey().namesByCaller().getOrDefault(caller.file().number(), Set.of())) {
                functions.put(name, entry.getValue().number());
            }
        }
        if (functions.isEmpty()) {
            return;
        }
        for (ObjectCode.TailCallSite site : code(caller).tailCalls(functions.keySet())) {
            String name = site.called().name();
            Integer function = functions.get(name);
            if (function != null
                    && tailCallSites.add(
                            new Place(caller.file().number(), site.jump().virtualAddress()))) {
                int number = table.addTailCall(
                        new ProbeTable.TailCall(function, caller.file().number(), name));
                events.add(
                        EventLayout.Kind.TAIL_CALL,
                        CaptureShape.REGISTERS,
                        caller,
                        site.jump(),
                        CaptureShape.passageArguments(number));
            }
        }
    }

    /**
     * Plans the probe that sees which status processes give to the kernel: on {@code _exit(2)} in the C library.
     *
     * @return a plan of one event, or of none if no object has that function
     */
    public ProbePlan planExitStatus(ProcessImage image) {
        Events events = new Events();
        for (ObjectImage object : image.objects()) {
            if (object.file().name().equals(C_LIBRARY)) {
                object.elf()
                        .dynamicSymbols()
                        .find("_exit")
                        .ifPresent(symbol -> events.add(
                                EventLayout.Kind.STATUS,
                                CaptureShape.REGISTERS,
                                object,
                                code(object).entrySite(symbol.virtualAddress()),
                                CaptureShape.statusArguments()));
            }
        }
        return new ProbePlan(events.inOrder(), List.of(), List.of());
    }

    private ProbePlan.Function plan(ProcessImage image, SelectedFunction function, ProbeSite site, Events events) {
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
        traced.put(function, planned);
        events.add(EventLayout.Kind.ENTRY, arguments.shape(), object, site, arguments.entryArguments(number));
        if (decision.strategy() == ReturnStrategy.URETPROBE) {
            events.add(EventLayout.Kind.RETURN, arguments.resultShape(), object, site, arguments.exitArguments(number));
        }
        for (FunctionExit.Return exit : decision.exits()) {
            addExit(object, exit, planned, events);
        }
        for (ProbeSite departure : decision.departures()) {
            events.add(
                    EventLayout.Kind.LEAVE,
                    CaptureShape.REGISTERS,
                    object,
                    departure,
                    CaptureShape.passageArguments(number));
        }
        return new ProbePlan.Function(
                planned,
                object.file(),
                site,
                decision.exits().size() + decision.departures().size(),
                decision.reason(),
                prototype.source());
    }

    /**
     * What is known of the function under any of its names, the name that it was found under first. A function of which nothing is
     * known may be in the place of another library's: then it has that one's prototype.
     */
    private Prototype prototype(ProcessImage image, SelectedFunction function) {
        Prototype own = ownPrototype(function);
        boolean exported =
                function.object().elf().dynamicSymbols().find(function.name()).isPresent();
        if (!exported) {
            return own;
        }
        for (ObjectImage other : image.objects()) {
            if (own.source().origin() != PrototypeSource.Origin.GUESS) {
                return own;
            }
            if (other.file().number() != function.object().file().number()
                    && other.elf().dynamicSymbols().find(function.name()).isPresent()) {
                own = prototypes.find(other.file().name(), function.name());
            }
        }
        return own;
    }

    private Prototype ownPrototype(SelectedFunction function) {
        Set<String> names = new LinkedHashSet<>(List.of(function.name()));
        function.namesByCaller().values().forEach(names::addAll);
        if (!function.isStub()) {
            function.object()
                    .elf()
                    .dynamicSymbols()
                    .functions()
                    .at(function.virtualAddress())
                    .ifPresent(aliases -> aliases.names().forEach(symbol -> names.add(symbol.name())));
        }
        return prototypes.find(
                function.object().file().name(),
                List.copyOf(names),
                () -> function.isStub()
                        ? Optional.empty()
                        : debugSignatures.at(function.object(), function.virtualAddress()));
    }

    /** A return instruction may end several functions: those that jump into the one that it is in. */
    private void addExit(ObjectImage object, FunctionExit.Return exit, TracedFunction function, Events events) {
        ArgumentPlan arguments = function.arguments();
        ExitSite site = new ExitSite(object.file().number(), exit.virtualAddress(), arguments.exitArguments(0));
        Integer known = exitSites.get(site);
        if (known != null) {
            table.addExitOf(known, function.number());
            return;
        }
        int number = table.addExit(exit.popped(), function.number());
        exitSites.put(site, number);
        events.add(
                EventLayout.Kind.EXIT,
                arguments.resultShape(),
                object,
                new ProbeSite(exit.virtualAddress(), exit.uprobeClass()),
                arguments.exitArguments(number));
    }

    private ObjectCode code(ObjectImage object) {
        return codes.computeIfAbsent(object.elf(), elf -> new ObjectCode(elf, rules));
    }

    @Override
    public Caller callerAt(int object, long returnFileOffset, TracedFunction function) {
        List<String> names = function.importedNames(object);
        ObjectImage image = images.get(object);
        OptionalLong returnAddress =
                image == null ? OptionalLong.empty() : image.elf().virtualAddressOf(returnFileOffset);
        if (image == null || returnAddress.isEmpty()) {
            return new Caller(object, names.get(0), false);
        }
        jltrace.elf.Import called = code(image).importCalledBefore(returnAddress.getAsLong());
        if (called == null) {
            return new Caller(object, names.get(0), false);
        }
        if (names.contains(called.name())) {
            return new Caller(object, called.name(), true);
        }
        ProcessImage scope = scopes.get(object);
        ProcessImage.Binding binding =
                scope == null ? null : scope.bindingOf(image, called).orElse(null);
        if (binding == null) {
            return new Caller(object, names.get(0), false);
        }
        int jumper = binding.object().file().number();
        return new Caller(jumper, function.importedNames(jumper).get(0), false);
    }
}
