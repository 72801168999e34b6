package jltrace.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import jltrace.elf.Import;
import jltrace.target.Damages;
import jltrace.target.ObjectImage;
import jltrace.target.ProcessImage;
import org.jspecify.annotations.Nullable;

/** Finds who made a call, in the code of the objects of all processes seen. */
final class CallSites implements CallerResolver {
    private final Map<Integer, ObjectImage> images = new HashMap<>();
    private final Map<Integer, ProcessImage> scopes = new HashMap<>();
    private final Function<ObjectImage, ObjectCode> codes;
    private final Damages damages;

    CallSites(Function<ObjectImage, ObjectCode> codes, Damages damages) {
        this.codes = codes;
        this.damages = damages;
    }

    /**
     * Adds an object.
     *
     * @param scope among whose objects its imports are looked for
     */
    void add(ObjectImage object, ProcessImage scope) {
        images.put(object.file().number(), object);
        scopes.put(object.file().number(), scope);
    }

    /** The object with a number, or null. */
    @Nullable ObjectImage object(int number) {
        return images.get(number);
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
        Import called = codes.apply(image).importCalledBefore(returnAddress.getAsLong());
        if (called == null) {
            return new Caller(object, names.get(0), false);
        }
        if (names.contains(called.name())) {
            return new Caller(object, called.name(), true);
        }
        ProcessImage scope = scopes.get(object);
        ProcessImage.Binding binding =
                scope == null ? null : scope.bindingOf(image, called, damages).orElse(null);
        if (binding == null) {
            return new Caller(object, names.get(0), false);
        }
        int jumper = binding.object().file().number();
        return new Caller(jumper, function.importedNames(jumper).get(0), false);
    }
}
