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

    private final Map<String, ObjectFile> byPath = new HashMap<>();
    private final List<ObjectFile> byNumber = new ArrayList<>();
    private final Map<Integer, ObjectImage> images = new HashMap<>();

    public Optional<ObjectFile> find(String path) {
        return Optional.ofNullable(byPath.get(path));
    }

    /** The file with a number, which must exist. */
    public ObjectFile get(int number) {
        return byNumber.get(number);
    }

    /** Notes that a file was opened. */
    void opened(ObjectImage image) {
        images.putIfAbsent(image.file().number(), image);
    }

    /** A file's contents, if it was opened. */
    public Optional<ObjectImage> image(int number) {
        return Optional.ofNullable(images.get(number));
    }

    public int size() {
        return byNumber.size();
    }

    /** Adds a file, or gives the one that is there under this path. */
    public ObjectFile add(String path, boolean program, String name) {
        ObjectFile known = byPath.get(path);
        if (known != null) {
            return known;
        }
        ObjectFile added = new ObjectFile(byNumber.size(), path, program, name);
        byNumber.add(added);
        byPath.put(path, added);
        return added;
    }
}
