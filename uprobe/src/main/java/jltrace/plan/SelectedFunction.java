package jltrace.plan;

import java.util.LinkedHashMap;
import java.util.Map;
import jltrace.target.ObjectImage;

/** A function that is to be probed, before it is known how. One address is one function. */
final class SelectedFunction {
    private final ObjectImage object;
    private final long virtualAddress;
    private final String name;
    private final Map<Integer, java.util.Set<String>> namesByCaller = new LinkedHashMap<>();
    private boolean shownForAnyCaller;

    SelectedFunction(ObjectImage object, long virtualAddress, String name) {
        this.object = object;
        this.virtualAddress = virtualAddress;
        this.name = name;
    }

    ObjectImage object() {
        return object;
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
