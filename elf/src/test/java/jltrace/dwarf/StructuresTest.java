package jltrace.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import jltrace.type.BitFieldType;
import jltrace.type.CType;
import jltrace.type.EnumType;
import jltrace.type.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layouts of structures, with offsets as gdb's {@code ptype /o} shows them. */
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
    void bitFieldsArePlacedAsGdbShowsThem(String compiler) {
        // ptype /o struct flags: 0:0 first:1, 0:1 second:3, 0:4 third:12, 4:0... see the assertion on their first bits
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

    @Test
    void enumerationsOfSingleBitsAreFlags() {
        DebugInformation information = compiled("gcc -g");

        assertThat(((EnumType) information.type("access").orElseThrow()).flags())
                .isTrue();
        assertThat(((EnumType) information.type("level").orElseThrow()).flags()).isFalse();
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
