package jltrace.prototype;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import jltrace.type.FunctionSignature;
import jltrace.type.IntegerType;
import jltrace.type.Parameter;
import jltrace.type.PointerType;
import jltrace.type.StringType;
import org.junit.jupiter.api.Test;

/** Which of several sources gives a function its prototype. */
class PrototypesTest {
    private static final FunctionSignature DEBUG = new FunctionSignature(
            "draw",
            IntegerType.INT,
            List.of(new Parameter("name", StringType.C_STRING, false), new Parameter("mode", IntegerType.INT, false)),
            false,
            false);

    private static PrototypeLayer layer(PrototypeSource.Origin origin, String text) {
        return new CommonPrototypes(new PrototypeFile(origin, origin + ".conf", text, name -> Optional.empty()));
    }

    private static final PrototypeLayer USER = layer(PrototypeSource.Origin.USER, "void draw(hex(long));\n");
    private static final PrototypeLayer BUNDLED =
            layer(PrototypeSource.Origin.BUNDLED, "int draw(string, flags(FAST=1, FINE=2));\n");
    private static final PrototypeLayer OTHER_BUNDLED =
            layer(PrototypeSource.Origin.BUNDLED, "int draw(string, long);\n");
    private static final PrototypeLayer LTRACE = layer(PrototypeSource.Origin.LTRACE, "int draw(addr, addr);\n");

    private static String found(String soname, Supplier<Optional<FunctionSignature>> debug, PrototypeLayer... layers) {
        Prototype prototype = new Prototypes(List.of(layers)).find(soname, List.of("draw"), debug);
        return prototype.source() + ": " + prototype.signature();
    }

    private static Optional<FunctionSignature> debug() {
        return Optional.of(DEBUG);
    }

    @Test
    void whatTheUserSaysComesFirst() {
        assertThat(found("libdraw.so.1", PrototypesTest::debug, LTRACE, BUNDLED, USER))
                .isEqualTo("USER.conf:1: void draw(hex(long))");
    }

    @Test
    void debugInformationComesBeforeWhatIsBundledForAnotherVersion() {
        assertThat(found("libdraw.so.1", PrototypesTest::debug, OTHER_BUNDLED, LTRACE))
                .isEqualTo("debug information: int draw(string name, int mode)");
    }

    @Test
    void aBundledPrototypeThatAgreesWithDebugInformationTellsMore() {
        assertThat(found("libdraw.so.1", PrototypesTest::debug, LTRACE, BUNDLED))
                .startsWith("BUNDLED.conf:1: int draw(");
    }

    @Test
    void aBundledPrototypeMayNameWhatFollowsAVariadicFunctionsParameters() {
        FunctionSignature variadic = new FunctionSignature(
                "draw", IntegerType.INT, List.of(new Parameter("name", PointerType.OPAQUE, false)), true, false);
        assertThat(found("libdraw.so.1", () -> Optional.of(variadic), BUNDLED)).startsWith("BUNDLED.conf:1");
    }

    @Test
    void theCLibrarysFunctionsAreNotLookedUpInDebugInformation() {
        assertThat(found(
                        "libc.so.6",
                        () -> {
                            throw new AssertionError("debug information was read");
                        },
                        OTHER_BUNDLED))
                .startsWith("BUNDLED.conf:1");
    }

    @Test
    void withoutDebugInformationTheOrderIsBundledLtraceGuess() {
        assertThat(found("libdraw.so.1", Optional::empty, LTRACE, OTHER_BUNDLED))
                .startsWith("BUNDLED.conf:1");
        assertThat(found("libdraw.so.1", Optional::empty, LTRACE)).startsWith("LTRACE.conf:1");
        assertThat(found("libdraw.so.1", Optional::empty)).startsWith("guess");
    }
}
