package jltrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import jltrace.FunctionSymbols;
import jltrace.TargetMemory;
import jltrace.TraceOptions;
import jltrace.Tracer;
import jltrace.cli.output.Colors;
import jltrace.cli.output.SymbolNames;
import jltrace.cli.output.TextSink;
import jltrace.cli.output.TextStyle;
import jltrace.elf.DebugFiles;
import jltrace.plan.CaptureLimits;
import jltrace.plan.EntryMode;
import jltrace.plan.LibraryPattern;
import jltrace.plan.ReturnFactsFile;
import jltrace.plan.ReturnMode;
import jltrace.plan.TraceSelection;
import jltrace.prototype.PrototypeFileException;
import jltrace.prototype.PrototypeSearchPath;
import jltrace.prototype.Prototypes;
import jltrace.sys.JnaLinux;
import jltrace.sys.JnaProcessControl;
import jltrace.target.CommandLine;
import jltrace.target.InheritedState;
import jltrace.target.Launcher;
import jltrace.target.ObjectTable;
import jltrace.tracefs.TraceFs;
import jltrace.value.ValueDecoder;

/**
 * A start without a trace: loads the classes that a trace loads, so that {@code bin/build} can list them and keep them in an archive,
 * from which the JVM takes them in less time. Needs neither root nor probes.
 */
public final class Rehearsal {
    private static final String CLASS_FILE = ".class";
    private static final String NO_PROCESS = Integer.toString(Integer.MAX_VALUE);
    private static final int RESULT_COLUMN = 50;
    private static final int RING_BYTES = 4096;

    private Rehearsal() {}

    /**
     * Rehearses.
     *
     * @param args an empty folder to work in, then the jars whose classes are all loaded
     */
    public static void main(String[] args) throws IOException, InterruptedException, ReflectiveOperationException {
        PrintWriter nowhere = new PrintWriter(OutputStream.nullOutputStream(), false, UTF_8);
        Main.run(new String[] {"--version"}, nowhere, nowhere);
        // Read, and then refused: there is no such process.
        Main.run(new String[] {"-l", "libc.so.6", "-o", "none", "-p", NO_PROCESS}, nowhere, nowhere);
        TerminationSignals.handle(signal -> {});
        try {
            Path folder = Path.of(args[0]);
            Files.createFile(folder.resolve("uprobe_events"));
            plan(folder);
            // With what is kept of the first time.
            plan(folder);
        } catch (IOException | PrototypeFileException e) {
            System.err.println("no program could be planned for: " + e.getMessage());
        }
        for (String jar : List.of(args).subList(1, args.length)) {
            loadClasses(jar);
        }
    }

    private static void plan(Path folder) throws IOException, InterruptedException, PrototypeFileException {
        Prototypes prototypes = new PrototypeSearchPath().prototypes(List.of());
        TraceSelection selection = new TraceSelection(
                List.of(LibraryPattern.of("libc.so.6")), Optional.empty(), Optional.empty(), List.of(), true);
        TraceOptions options = new TraceOptions(
                selection,
                prototypes,
                new ReturnFactsFile(prototypes),
                EntryMode.AUTO,
                ReturnMode.AUTO,
                CaptureLimits.DEFAULT,
                false,
                RING_BYTES,
                RING_BYTES);
        Launcher launcher = new Launcher(new JnaProcessControl(), InheritedState.PLAIN);
        ObjectTable objects = new ObjectTable();
        DebugFiles debugFiles = new DebugFiles(Path.of("/"));
        TextStyle style = new TextStyle(
                TextStyle.Time.NONE, false, false, true, false, true, RESULT_COLUMN, 0, true, Colors.NONE, false);
        TextSink sink = new TextSink(
                OutputStream.nullOutputStream(),
                style,
                new ValueDecoder(
                        CaptureLimits.DEFAULT, new TargetMemory(objects), new FunctionSymbols(objects, debugFiles)),
                objects,
                SymbolNames.AS_THEY_ARE);
        try (Tracer tracer =
                new Tracer(options, TraceFs.at(folder), new JnaLinux(), launcher, objects, debugFiles, sink)) {
            tracer.explain(CommandLine.of("true", List.of("true".getBytes(UTF_8)), Inheritance.environment()));
            new Explanation(tracer.plans(), SymbolNames.AS_THEY_ARE).print(OutputStream.nullOutputStream());
        }
    }

    private static void loadClasses(String jar) throws IOException, ReflectiveOperationException {
        try (JarFile file = new JarFile(jar)) {
            Enumeration<JarEntry> entries = file.entries();
            while (entries.hasMoreElements()) {
                String name = entries.nextElement().getName();
                if (name.endsWith(CLASS_FILE) && !name.endsWith("-info" + CLASS_FILE)) {
                    String type = name.substring(0, name.length() - CLASS_FILE.length())
                            .replace('/', '.');
                    Class.forName(type, false, Rehearsal.class.getClassLoader());
                }
            }
        }
    }
}
