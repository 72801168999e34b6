package jltrace.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jltrace.type.BitFieldType;
import jltrace.type.CType;
import jltrace.type.EnumType;
import jltrace.type.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layouts of structures: those that gdb's {@code ptype /o} shows, and the types of their fields. */
class StructuresTest {
    @TempDir
    private Path directory;

    private DebugInformation compiled(String compiler) {
        return Programs.open(Programs.build(directory, "shapes.c", compiler));
    }

    private static List<String> fields(DebugInformation information, String name) {
        CType type = information.type(name).orElseThrow();
        return ((StructType) type)
                .fields().stream()
                        .map(field -> field.byteOffset() + " " + field.type() + " " + field.name())
                        .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcc -gdwarf-2 -gstrict-dwarf",
                "gcc -gdwarf-3",
                "gcc -gdwarf-5",
                "clang -gdwarf-3",
                "clang -gdwarf-5"
            })
    void bitFieldsAreWhereTheCompilerPutsThem(String compiler) {
        StructType flags = (StructType) compiled(compiler).type("flags").orElseThrow();

        List<String> bits = flags.fields().stream()
                .map(field -> {
                    BitFieldType bitField = (BitFieldType) field.type();
                    return field.name() + " " + (field.byteOffset() * 8 + bitField.bitOffset()) + " "
                            + bitField.bitWidth();
                })
                .toList();
        assertThat(bits).containsExactly("first 0 1", "second 1 3", "third 4 12", "wide 16 40", "last 56 1");
        assertThat(flags.size()).isEqualTo(8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc -gdwarf-2", "gcc -gdwarf-5", "clang -gdwarf-5"})
    void fieldsAreWhereTheCompilerPutsThem(String compiler) {
        DebugInformation information = compiled(compiler);

        assertThat(fields(information, "tight")).containsExactly("0 char c", "1 int i", "5 array(short, 3) s");
        assertThat(fields(information, "node"))
                .containsExactly("0 int value", "8 struct node* next", "16 struct {...} payload", "24 struct {...} ");
        assertThat(fields(information, "grid"))
                .containsExactly(
                        "0 array(array(int, 4), 3) cells",
                        "48 array(string(array(char, zero(8))), 2) names",
                        "64 string* list",
                        "72 callback compare");
        assertThat(fields(information, "tail"))
                .as("a flexible member has no place")
                .containsExactly("0 int count");
        assertThat(fields(information, "record_t"))
                .containsExactly("0 double real", "8 string(array(char, zero(16))) text");
    }

    /** The offset, a bit field's first bit, the size and the name of a field, as gdb prints them. */
    private static final Pattern GDB_FIELD = Pattern.compile(
            "/\\* +([0-9]+)(?:: *([0-9]+))? +(?:\\| +([0-9]+) )?\\*/.*?([A-Za-z_]\\w*)(?:\\[[0-9]*\\])*(?:\\)\\(.*\\))?"
                    + "(?: : ([0-9]+))?;");

    /** Each field's name, first bit and, of a bit field, number of bits, as gdb shows the structure. */
    private List<String> shownByGdb(Path program, String structure) {
        String text = Programs.run(
                directory, List.of("gdb", "-batch", "-nx", "-ex", "ptype /o " + structure, program.toString()));
        List<String> fields = new ArrayList<>();
        int depth = 0;
        for (String line : text.lines().toList()) {
            Matcher field = GDB_FIELD.matcher(line);
            // Fields of a structure inside, and the name that follows it, are not this one's.
            if (depth == 1 && field.lookingAt()) {
                long bit = Long.parseLong(field.group(1)) * 8
                        + (field.group(2) == null ? 0 : Long.parseLong(field.group(2)));
                fields.add(field.group(4) + " " + bit + (field.group(5) == null ? "" : " of " + field.group(5)));
            }
            depth += (int) line.chars().filter(letter -> letter == '{').count();
            depth -= (int) line.chars().filter(letter -> letter == '}').count();
        }
        return fields;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcc -gdwarf-2 -gstrict-dwarf",
                "gcc -gdwarf-3",
                "gcc -gdwarf-4",
                "gcc -gdwarf-5",
                "clang -gdwarf-3",
                "clang -gdwarf-5"
            })
    void fieldsAreWhereGdbShowsThem(String compiler) {
        Path program = Programs.build(directory, "shapes.c", compiler);
        DebugInformation information = Programs.open(program);
        for (String name : List.of("struct flags", "struct tight", "struct point", "struct grid", "record_t")) {
            StructType type =
                    (StructType) information.type(name.replace("struct ", "")).orElseThrow();
            List<String> found = type.fields().stream()
                    .map(field -> field.type() instanceof BitFieldType bits
                            ? field.name() + " " + (field.byteOffset() * 8 + bits.bitOffset()) + " of "
                                    + bits.bitWidth()
                            : field.name() + " " + field.byteOffset() * 8)
                    .toList();

            assertThat(found).as(name).hasSizeGreaterThan(1).isEqualTo(shownByGdb(program, name));
        }
    }

    @Test
    void enumerationsOfSingleBitsAreFlags() {
        DebugInformation information = compiled("gcc -g");

        assertThat(((EnumType) information.type("access").orElseThrow()).kind()).isEqualTo(EnumType.Kind.FLAGS);
        assertThat(((EnumType) information.type("level").orElseThrow()).kind()).isEqualTo(EnumType.Kind.ENUMERATION);
        assertThat(information.type("level").orElseThrow()).hasToString("enum[int](LOW=-2, HIGH=3)");
    }

    @ParameterizedTest
    @CsvSource({
        "1 2 4, true",
        "0 1 2 4 8 15, true",
        "0x10 0x20 0x30, true",
        "0 1, false",
        "0 1 2, false",
        "1 2 3, false",
        "0 1 2 3 4 5 6 7, false",
        "1 2 4 9, false",
        "5 10, false"
    })
    void constantsAreFlagsIfTheyAreMostlySingleBits(String values, boolean flags) {
        long[] numbers =
                List.of(values.split(" ")).stream().mapToLong(Long::decode).toArray();

        assertThat(EnumReader.areFlags(numbers)).isEqualTo(flags);
    }
}
