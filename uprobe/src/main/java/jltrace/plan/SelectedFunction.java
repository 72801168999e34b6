package jltrace.plan;

import java.util.LinkedHashMap;
import java.util.Map;
import jltrace.target.ObjectImage;

/**
 * A function that is to be probed, before it is known how. One address is one function.
 *
 * <p>Where a function that the dynamic loader chooses runs is not always known; then its calls are seen in the callers' PLT stubs, and
 * each of those is a function of its own.
 */
final class SelectedFunction {
    private final ObjectImage object;
    private final ObjectImage codeObject;
    private final long virtualAddress;
    private final String name;
    private final Map<Integer, java.util.Set<String>> namesByCaller = new LinkedHashMap<>();
    private boolean shownForAnyCaller;

    /**
     * @param object defines it
     * @param codeObject holds the code that is entered: the same one, or, for a PLT stub, the caller
     * @param virtualAddress in the code's object
     */
    SelectedFunction(ObjectImage object, ObjectImage codeObject, long virtualAddress, String name) {
        this.object = object;
        this.codeObject = codeObject;
        this.virtualAddress = virtualAddress;
        this.name = name;
    }

    ObjectImage object() {
        return object;
    }

    /** Holds the code that is entered: the object that defines the function, or that of a PLT stub. */
    ObjectImage codeObject() {
        return codeObject;
    }

    boolean isStub() {
        return codeObject.file().number() != object.file().number();
    }

    long virtualAddress() {
        return virtualAddress;
    }

    String name() {
        return name;
    }

    Map<Integer, java.util.Set<String>> namesByCaller() {
        return namesByCaller;
    }

    void importedBy(int callerObject, String importedName) {
        namesByCaller
                .computeIfAbsent(callerObject, caller -> new java.util.LinkedHashSet<>())
                .add(importedName);
    }

    boolean shownForAnyCaller() {
        return shownForAnyCaller;
    }

    void showForAnyCaller() {
        shownForAnyCaller = true;
    }
}
