package jltrace.target;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files seen in traced processes, numbered from 0. */
public final class ObjectTable {
    /** The number of code that belongs to no file: made at run time, or the vDSO. */
    public static final int NO_OBJECT = -1;

    private final Map<FileIdentity, ObjectFile> byIdentity = new HashMap<>();
    private final List<ObjectFile> byNumber = new ArrayList<>();
    /** By number. */
    private final List<Optional<ObjectImage>> images = new ArrayList<>();

    public Optional<ObjectFile> find(FileIdentity identity) {
        return Optional.ofNullable(byIdentity.get(identity));
    }

    /** The file with a number, which must exist. */
    public ObjectFile get(int number) {
        return byNumber.get(number);
    }

    /** Notes that a file was opened. */
    void opened(ObjectImage image) {
        int number = image.file().number();
        if (images.get(number).isEmpty()) {
            images.set(number, Optional.of(image));
        }
    }

    /** The contents of the file with a number, which must exist, if it was opened. Allocates nothing. */
    public Optional<ObjectImage> image(int number) {
        return images.get(number);
    }

    public int size() {
        return byNumber.size();
    }

    /** Adds a file, or gives the one that is there, whatever its path was. */
    public ObjectFile add(FileIdentity identity, String path, boolean program, String name) {
        ObjectFile known = byIdentity.get(identity);
        if (known != null) {
            return known;
        }
        ObjectFile added = new ObjectFile(byNumber.size(), path, program, name);
        byNumber.add(added);
        images.add(Optional.empty());
        byIdentity.put(identity, added);
        return added;
    }
}
