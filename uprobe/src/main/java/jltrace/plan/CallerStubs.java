package jltrace.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import jltrace.code.ProbeSite;
import jltrace.code.UprobeClass;
import jltrace.elf.Import;
import jltrace.target.Damages;
import jltrace.target.ObjectImage;

/**
 * Finds the PLT stubs through which calls of functions pass. A probe there stops the object's own calls only, whatever others do with
 * the function; but it stops none that is made through a pointer.
 */
final class CallerStubs {
    private final CallSites objects;
    private final Function<ObjectImage, ObjectCode> codes;
    private final Damages damages;
    private final Map<Integer, Map<String, List<Import>>> importsByName = new HashMap<>();

    CallerStubs(CallSites objects, Function<ObjectImage, ObjectCode> codes, Damages damages) {
        this.objects = objects;
        this.codes = codes;
        this.damages = damages;
    }

    /**
     * A stub.
     *
     * @param caller the object that it is in
     * @param name the name under which that object imports what it leads to
     * @param returnSites where calls of it return to; empty if not all do, or if that need not be known to see them end
     */
    record Stub(ObjectImage caller, ProbeSite site, String name, List<ProbeSite> returnSites) {}

    /**
     * The stubs that all calls of a function pass that are shown, as far as the objects tell that make them: none of them has its
     * address for anything else. Empty if it is not so, or if the function's own entry tells more than that it is called.
     */
    List<Stub> of(SelectedFunction selected, TracedFunction function) {
        boolean onlyCalls = switch (function.strategy()) {
            case URETPROBE, SITES, NORETURN -> true;
            case NONE, LONGJMP, THROW -> false;
        };
        if (!onlyCalls || selected.isStub() || selected.shownForAnyCaller()) {
            return List.of();
        }
        List<Stub> stubs = new ArrayList<>();
        for (Map.Entry<Integer, Set<String>> caller : selected.namesByCaller().entrySet()) {
            ObjectImage object = objects.object(caller.getKey());
            boolean ends = function.strategy() == ReturnStrategy.SITES;
            if (object == null || !collect(object, caller.getValue(), ends, stubs)) {
                return List.of();
            }
        }
        return stubs;
    }

    private boolean collect(ObjectImage caller, Set<String> names, boolean ends, List<Stub> stubs) {
        int before = stubs.size();
        Map<String, List<Import>> imports = importsOf(caller);
        for (String name : names) {
            for (Import one : imports.getOrDefault(name, List.of())) {
                if (one.kind() != Import.Kind.JUMP_SLOT
                        || one.pltVirtualAddress().isEmpty()) {
                    return false;
                }
                ProbeSite site = codes.apply(caller).entrySite(one.stubVirtualAddress());
                if (site.uprobeClass() == UprobeClass.REFUSED) {
                    return false;
                }
                List<ProbeSite> returns =
                        ends ? codes.apply(caller).returnSitesOf(one.stubVirtualAddress()) : List.<ProbeSite>of();
                boolean known = returns.stream().allMatch(behind -> behind.uprobeClass() != UprobeClass.REFUSED);
                stubs.add(new Stub(caller, site, name, known ? returns : List.of()));
            }
        }
        return stubs.size() > before;
    }

    /** An object's imports by name: it is asked once for each function. */
    private Map<String, List<Import>> importsOf(ObjectImage caller) {
        return importsByName.computeIfAbsent(caller.file().number(), number -> {
            Map<String, List<Import>> byName = new HashMap<>();
            List<Import> imports = damages.read(
                    caller.file(), Damages.IMPORTS, () -> caller.elf().imports().list(), List.<Import>of());
            for (Import one : imports) {
                byName.computeIfAbsent(one.name(), name -> new ArrayList<>()).add(one);
            }
            return byName;
        });
    }
}
