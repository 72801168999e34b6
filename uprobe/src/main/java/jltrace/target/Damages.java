package jltrace.target;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import jltrace.elf.ElfException;

/**
 * Parts of objects that are corrupt. The dynamic loader reads less of a file than jltrace and checks less, so the object may be used all
 * the same: what can't be read of it is done without, and told once. Not safe for several threads at once.
 */
public final class Damages {
    /** Parts that are read in several places, for {@link #read}. */
    public static final String SYMBOLS = "symbols";

    public static final String LOCAL_SYMBOLS = "local symbols";
    public static final String IMPORTS = "imports";

    private final List<String> notices = new ArrayList<>();
    private final Set<String> told = new HashSet<>();

    /**
     * What can be read of an object, or else what to take instead.
     *
     * @param part what is read, in the plural, for the notice: such as "notes"
     * @param otherwise stands for what is corrupt
     */
    public <T> T read(ObjectFile object, String part, Supplier<T> reading, T otherwise) {
        try {
            return reading.get();
        } catch (ElfException e) {
            add(object.name(), part, e);
            return otherwise;
        }
    }

    /** Notes that a part of an object is corrupt. */
    public void add(String object, String part, ElfException damage) {
        if (told.add(object + ' ' + part)) {
            notices.add("the " + part + " of " + object + " can't be read and are not used: " + damage.getMessage());
        }
    }

    /** Notes what else is amiss with an object. */
    void add(String notice) {
        if (told.add(notice)) {
            notices.add(notice);
        }
    }

    /** What was found so far, for the user, in the order in which it was found. */
    public List<String> notices() {
        return notices;
    }
}
