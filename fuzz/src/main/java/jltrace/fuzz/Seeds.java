package jltrace.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Small real ELF files, compiled when they are needed: one of each way in which compilers and their tools keep things. */
public final class Seeds {
    private static final List<String> SOURCES = List.of("library.c", "classes.cc", "program.c");

    private final Path directory;
    private final Map<String, Path> files = new LinkedHashMap<>();

    private Seeds(Path directory) {
        this.directory = directory;
    }

    /** Compiles in a folder that is there. */
    private static Seeds in(Path directory) {
        Seeds seeds = new Seeds(directory);
        for (String source : SOURCES) {
            try (InputStream text = Seeds.class.getResourceAsStream(source)) {
                Files.write(
                        directory.resolve(source), Objects.requireNonNull(text).readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return seeds;
    }

    /** Objects with all that is not debug information. */
    public static List<ElfSeed> objects(Path directory) {
        Seeds seeds = in(directory);
        seeds.build("plain.so", "gcc -O2 -shared -fPIC -s library.c");
        seeds.build("hashes.so", "gcc -O2 -shared -fPIC -Wl,--hash-style=both -Wl,-z,lazy -fcf-protection library.c");
        seeds.build("version.so", "gcc -O1 -shared -fPIC -Wl,-z,now -Wl,--version-script=versions library.c");
        seeds.build("noplt.so", "gcc -O1 -shared -fPIC -fno-plt -Wl,-z,pack-relative-relocs -fuse-ld=gold library.c");
        seeds.build("classes.so", "g++ -O1 -shared -fPIC -s classes.cc");
        seeds.build("program", "gcc -O1 program.c plain.so -Wl,-rpath,$ORIGIN:/$LIB/$PLATFORM");
        seeds.build("fixed", "gcc -O1 -no-pie -s program.c plain.so");
        seeds.withEmbeddedSymbols("embedded.so", "plain.so", "hashes.so");
        seeds.build("linked.so", "objcopy --strip-all --add-gnu-debuglink=hashes.so plain.so");
        return seeds.read();
    }

    /** Objects with debug information, and files beside them that it refers to. */
    public static List<ElfSeed> debugInformation(Path directory) {
        Seeds seeds = in(directory);
        seeds.build("two.so", "clang -gdwarf-2 -O1 -shared -fPIC library.c");
        seeds.build("three.so", "gcc -gdwarf-3 -shared -fPIC library.c");
        seeds.build("four.so", "gcc -gdwarf-4 -O2 -fdebug-types-section -shared -fPIC classes.cc");
        seeds.build("five.so", "gcc -gdwarf-5 -O1 -shared -fPIC library.c");
        seeds.build("names.so", "clang -gdwarf-5 -gpubnames -O1 -shared -fPIC classes.cc");
        seeds.build("zlib.so", "gcc -gdwarf-5 -gz=zlib -O1 -shared -fPIC library.c");
        seeds.build("old.so", "gcc -gdwarf-4 -gz=zlib-gnu -shared -fPIC library.c");
        seeds.build("zstd.so", "objcopy --compress-debug-sections=zstd five.so");
        seeds.build("object.o", "gcc -g -c library.c");
        seeds.build("gdb.so", "gcc -g -O1 -shared -fPIC -ggnu-pubnames -fuse-ld=gold -Wl,--gdb-index classes.cc");
        seeds.build("splitfour.so", "gcc -gdwarf-4 -gsplit-dwarf -shared -fPIC library.c");
        seeds.build("splitfive.so", "gcc -gdwarf-5 -gsplit-dwarf -shared -fPIC library.c");
        seeds.build("packaged.so", "gcc -gdwarf-4 -gsplit-dwarf -fdebug-types-section -shared -fPIC classes.cc");
        seeds.build("packaged.so.dwp", "dwp -e packaged.so");
        seeds.build("packagedfive.so", "clang -gdwarf-5 -gsplit-dwarf -shared -fPIC classes.cc");
        seeds.build("packagedfive.so.dwp", "llvm-dwp -e packagedfive.so");
        seeds.build("one.so", "gcc -g -shared -fPIC library.c");
        seeds.build("other.so", "gcc -g -shared -fPIC library.c program.c");
        seeds.run("dwz -m common -M " + directory.resolve("common") + " one.so other.so");
        seeds.findAll();
        return seeds.read();
    }

    private List<ElfSeed> read() {
        List<ElfSeed> seeds = new ArrayList<>();
        files.forEach((name, file) -> {
            try {
                seeds.add(new ElfSeed(name, Files.readAllBytes(file)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        if (seeds.isEmpty()) {
            throw new IllegalStateException("nothing could be compiled in " + directory);
        }
        return seeds;
    }

    /** Adds a file, unless the tool is not there or can't do this. */
    private void build(String output, String command) {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        if (words.get(0).equals("objcopy")) {
            words.add(output);
        } else {
            words.addAll(List.of("-o", output));
        }
        if (run(words)) {
            files.put(output, directory.resolve(output));
        }
    }

    private void run(String command) {
        run(Arrays.asList(command.split(" ")));
    }

    private boolean run(List<String> command) {
        try {
            if (!Files.exists(directory.resolve("versions"))) {
                Files.writeString(
                        directory.resolve("versions"), "ONE { global: first; second; }; TWO { global: *; } ONE;");
            }
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** As Fedora's packages are: the symbols of one file, compressed, in a section of another. */
    private void withEmbeddedSymbols(String output, String stripped, String symbols) {
        run("cp " + symbols + " symbols");
        run("xz -f symbols");
        build(output, "objcopy --add-section .gnu_debugdata=symbols.xz " + stripped);
    }

    /** Also what compilers left beside the object files. */
    private void findAll() {
        try (var found = Files.list(directory)) {
            found.filter(file -> file.toString().endsWith(".dwo") || file.endsWith("common"))
                    .sorted()
                    .forEach(file -> files.put(String.valueOf(file.getFileName()), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
