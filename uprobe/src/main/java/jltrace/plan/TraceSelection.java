package jltrace.plan;

import java.util.List;
import java.util.Optional;
import jltrace.target.ObjectFile;

/**
 * Which calls the user asked for. Without anything: those of the program itself, as ltrace does.
 *
 * @param libraries show calls into these libraries only, from whoever is outside of them; empty for all
 * @param calls show calls that match by imported name and calling object, if given
 * @param symbols show also whoever calls functions that match by their own name and object, if given
 * @param callers show calls from these objects only; empty for all
 * @param importedCalls whether calls of imported functions are shown; without them, only {@code symbols} picks functions
 */
public record TraceSelection(
        List<LibraryPattern> libraries,
        Optional<FilterExpression> calls,
        Optional<FilterExpression> symbols,
        List<LibraryPattern> callers,
        boolean importedCalls)
        implements CallSelection {

    public TraceSelection {
        libraries = List.copyOf(libraries);
        callers = List.copyOf(callers);
    }

    /** Whether lines name the caller: when it may be another than the program. */
    public boolean namesCaller() {
        return !libraries.isEmpty() || calls.isPresent() || !callers.isEmpty();
    }

    /** Whether a library is one of those into which calls are shown. */
    public boolean wantsLibrary(ObjectFile library) {
        return libraries.isEmpty() || anyMatches(libraries, library);
    }

    /** Whether some call of an import by an object is shown, if it goes into a wanted library. */
    public boolean wantsCall(String importedName, ObjectFile caller) {
        if (!importedCalls || (!callers.isEmpty() && !anyMatches(callers, caller))) {
            return false;
        }
        if (calls.isPresent()) {
            return calls.get().matches(importedName, caller);
        }
        return !libraries.isEmpty() || !callers.isEmpty() || caller.program();
    }

    /** Whether calls of an import may be wanted from an object yet to come. */
    public boolean mayWantCall(String importedName) {
        return importedCalls && (calls.isEmpty() || calls.get().mayMatch(importedName));
    }

    /** Whether a function is asked for by its own name, whoever calls it. */
    public boolean wantsSymbol(String name, ObjectFile object) {
        return symbols.isPresent() && symbols.get().matches(name, object);
    }

    @Override
    public boolean shows(TracedFunction function, String importedName, ObjectFile caller) {
        if (function.shownForAnyCaller()) {
            return callers.isEmpty() || anyMatches(callers, caller);
        }
        return caller.number() != function.object().number()
                && wantsLibrary(function.object())
                && wantsCall(importedName, caller);
    }

    @Override
    public boolean showsUnknownCaller(TracedFunction function) {
        return callers.isEmpty()
                && (function.shownForAnyCaller() || (importedCalls && calls.isEmpty() && !libraries.isEmpty()));
    }

    private static boolean anyMatches(List<LibraryPattern> patterns, ObjectFile object) {
        for (LibraryPattern pattern : patterns) {
            if (pattern.matches(object)) {
                return true;
            }
        }
        return false;
    }
}
