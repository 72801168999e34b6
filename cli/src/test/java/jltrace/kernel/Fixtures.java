package jltrace.kernel;

import java.nio.file.Path;

/** Where the fixtures are. */
final class Fixtures {
    static final Path ROOT =
            Path.of(System.getProperty("jltrace.root", "..")).toAbsolutePath().normalize();
    static final Path BUILD = Path.of(System.getProperty("jltrace.fixtures", "../fixtures/build"))
            .toAbsolutePath()
            .normalize();
    /** The prototypes of libcalls. */
    static final Path PROTOTYPES = ROOT.resolve("fixtures/calls.conf");

    static final Path EXPECTED = ROOT.resolve("fixtures/expected");

    private Fixtures() {}

    static String program(String name) {
        return BUILD.resolve(name).toString();
    }
}
