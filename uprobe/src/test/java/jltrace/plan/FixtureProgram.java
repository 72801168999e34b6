package jltrace.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import jltrace.bytes.ByteSource;
import jltrace.cache.BuildCache;
import jltrace.cache.ObjectFacts;
import jltrace.code.UprobeRules;
import jltrace.elf.DebugFiles;
import jltrace.elf.ElfFile;
import jltrace.elf.LoadedObject;
import jltrace.elf.LoaderEnvironment;
import jltrace.elf.SharedLibraries;
import jltrace.prototype.Prototypes;
import jltrace.sys.Processor;
import jltrace.target.Damages;
import jltrace.target.FileIdentity;
import jltrace.target.ObjectFile;
import jltrace.target.ObjectImage;
import jltrace.target.ObjectTable;
import jltrace.target.ProcessImage;

/** A program of the fixtures with its libraries, as files: no process, no kernel. */
final class FixtureProgram {
    private static final Path BUILD = Path.of(System.getProperty("jltrace.fixtures", "../fixtures/build"));

    final ObjectTable objects = new ObjectTable();
    final ProcessImage image = new ProcessImage();
    final Damages damages = new Damages();
    final ProbeTable table = new ProbeTable();
    final ObjectImage program;

    FixtureProgram(String name) throws IOException {
        this(name, "", bytes -> {});
    }

    /** With one of its libraries changed, as if the file were so. */
    FixtureProgram(String name, String changed, Consumer<byte[]> change) throws IOException {
        String path = file(name).toString();
        program = new ObjectImage(
                objects.add(FileIdentity.of(Path.of(path)), path, true, name),
                ElfFile.open(Path.of(path)),
                true,
                Path.of(path));
        List<ObjectImage> all = new ArrayList<>(List.of(program));
        for (LoadedObject library :
                SharedLibraries.of(path, LoaderEnvironment.ofChild(Map.of(), Processor.capabilities()))) {
            String libraryPath = library.file().toString();
            if (!libraryPath.equals(path)) {
                String soname = library.elf().dynamic().soname().orElse(ObjectFile.fileName(libraryPath));
                ElfFile elf = soname.equals(changed) ? changed(library.file(), change) : library.elf();
                all.add(new ObjectImage(
                        objects.add(FileIdentity.of(library.file()), libraryPath, false, soname),
                        elf,
                        true,
                        library.file()));
            }
        }
        image.add(all);
    }

    private static ElfFile changed(Path file, Consumer<byte[]> change) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        change.accept(bytes);
        return ElfFile.parse(ByteSource.of(bytes), file.toString());
    }

    static Path file(String name) {
        return BUILD.resolve(name).toAbsolutePath().normalize();
    }

    ObjectImage object(String soname) {
        return image.objects().stream()
                .filter(object -> object.file().name().equals(soname))
                .findFirst()
                .orElseThrow();
    }

    /** The points that were planned, by what they have in common. */
    final Map<EventType, List<ProbePoint>> points = new LinkedHashMap<>();

    ProbePlan plan(TraceSelection selection) throws IOException {
        ReturnFacts facts = (library, function) -> ReturnFacts.Fact.ORDINARY;
        return plan(selection, facts);
    }

    ProbePlan plan(TraceSelection selection, ReturnFacts facts) throws IOException {
        return plan(planner(selection, facts));
    }

    ProbePlan plan(ProbePlanner planner) throws IOException {
        return planner.plan(
                image,
                image.objects(),
                List.of(),
                (type, point) ->
                        points.computeIfAbsent(type, key -> new ArrayList<>()).add(point));
    }

    ProbePlanner planner(TraceSelection selection, ReturnFacts facts) {
        return planner(selection, facts, EntryMode.FUNCTION);
    }

    ProbePlanner planner(TraceSelection selection, ReturnFacts facts, EntryMode entryMode) {
        DebugFiles debugFiles = new DebugFiles(Path.of("/"));
        return new ProbePlanner(
                selection,
                new Prototypes(List.of()),
                facts,
                entryMode,
                ReturnMode.AUTO,
                UprobeRules.ofRelease(6, 1),
                CaptureLimits.DEFAULT,
                table,
                debugFiles,
                new DebugSignatures(debugFiles, BuildCache.none()),
                ObjectFacts.none(),
                damages);
    }

    /** The output of a program that knows better. */
    static List<String> lines(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C");
        Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(process.waitFor()).isZero();
        return lines;
    }
}
