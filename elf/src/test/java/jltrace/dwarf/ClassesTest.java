package jltrace.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jltrace.type.HiddenType;
import jltrace.type.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** C++: expected values follow from the Itanium C++ ABI (3.1.2, 3.1.3, 2.3); clang says itself how it passes an object. */
class ClassesTest {
    @TempDir
    private Path directory;

    private DebugInformation compiled(String compiler) throws IOException {
        Path folder = Files.createTempDirectory(directory, "built");
        return Programs.open(Programs.build(folder, "classes.cc", compiler + " -std=c++20"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "g++ -gdwarf-5 -O0",
                "g++ -gdwarf-5 -O1",
                "clang++ -gdwarf-5 -O1 -fstandalone-debug",
                "clang++ -gdwarf-4 -O0 -fstandalone-debug"
            })
    void objectsWithCodeForCopyingArePassedByReference(String compiler) throws IOException {
        DebugInformation information = compiled(compiler);

        assertThat(information.signatureOf("outer::inner::Widget::area").orElseThrow())
                .hasToString(
                        "int outer::inner::Widget::area(struct outer::inner::Widget* this, struct Plain plain, struct Copied* copied, "
                                + "struct Defaulted defaulted, struct Destroyed* destroyed, struct Member* member, "
                                + "struct Derived* derived, struct Empty, int last)");
        assertThat(information.signatureOf("makes").orElseThrow())
                .as("the object's address is passed before the arguments")
                .hasToString("struct Copied* makes(hide(addr), enum[uchar](Off=0, On=1) mode)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"g++ -gdwarf-5 -O1", "g++ -gdwarf-4 -O1", "clang++ -gdwarf-5 -O1"})
    void functionsAreFoundByQualifiedAndByLinkageName(String compiler) throws IOException {
        DebugInformation information = compiled(compiler);

        assertThat(information.signatureOf("outer::inner::Widget::Nested::depth"))
                .isEqualTo(information.signatureOf("_ZN5outer5inner6Widget6Nested5depthE4Mode"))
                .isPresent();
        assertThat(information.signatureOf("outer::inner::largest<int>").orElseThrow())
                .hasToString("int outer::inner::largest<int>(int left, int right)");
        assertThat(information.signatureOf("_ZN5outer5inner6WidgetC1Ei").orElseThrow())
                .hasToString("void outer::inner::Widget::Widget(+struct outer::inner::Widget* this, int s)");
        assertThat(information.signatureOf("members").orElseThrow())
                .hasToString("int members(long data, struct {...} function)");
        assertThat(information.signatureOf("plain_name").orElseThrow())
                .hasToString("int plain_name(bool(uchar) yes, char(int) letter, string utf)");
    }

    @Test
    void beforeVersion5GccLeavesOpenWhetherACopyIsDefaulted() throws IOException {
        assertThat(compiled("g++ -gdwarf-4 -gstrict-dwarf").signatureOf("outer::inner::Widget::area"))
                .isEmpty();
    }

    /** What libstdc++'s manual has these classes hold; where it is in them follows from its ABI. */
    @ParameterizedTest
    @ValueSource(strings = {"g++ -gdwarf-5 -O0", "g++ -gdwarf-4 -O1", "clang++ -gdwarf-5 -O0 -fstandalone-debug"})
    void classesOfTheLibraryAreWhatTheyHold(String compiler) throws IOException {
        Path folder = Files.createTempDirectory(directory, "built");
        DebugInformation information =
                Programs.open(Programs.build(folder, "library.cc", compiler + " -std=c++17 -shared -fPIC"));

        List<StructType.Field> members =
                ((StructType) information.type("Holder").orElseThrow()).fields();
        assertThat(members.get(0).type()).as("what the compiler added").isInstanceOf(HiddenType.class);
        assertThat(shown(members.get(1))).containsExactly("0 string(array(char, elt2)*) ");
        assertThat(shown(members.get(2))).containsExactly("0 string(array(int, elt2)*) ");
        assertThat(shown(members.get(3))).containsExactly("0 ulong _M_len", "8 string(array(char, elt1)*) _M_str");
        assertThat(shown(members.get(4))).containsExactly("0 array(int, (elt2-elt1)/4)* ");
        assertThat(shown(members.get(5)).get(0)).contains("basic_string").endsWith(", (elt2-elt1)/32)* ");
        assertThat(shown(members.get(6))).containsExactly("0 string(array(char, (elt2-elt1)/1)*) ");
        assertThat(shown(members.get(8))).containsExactly("0 int* _M_head_impl");
        assertThat(shown(members.get(9))).contains("0 int _M_value", "4 bool(uchar) _M_engaged");
        assertThat(shown(members.get(10))).first().isEqualTo("0 int first");
        assertThat(shown(members.get(10)))
                .element(1)
                .asString()
                .startsWith("8 struct")
                .endsWith(" second");
        assertThat(information.signatureOf("by_value").orElseThrow().parameters())
                .hasSize(2);
    }

    private static List<String> shown(StructType.Field member) {
        return ((StructType) member.type())
                .fields().stream()
                        .filter(field -> !(field.type() instanceof HiddenType))
                        .map(field -> field.byteOffset() + " " + field.type() + " " + field.name())
                        .toList();
    }

    @Test
    void gccAndClangAgree() throws IOException {
        Map<String, String> gcc = signatures(compiled("g++ -gdwarf-5 -O0"));
        Map<String, String> clang = signatures(compiled("clang++ -gdwarf-5 -O0 -fstandalone-debug"));

        assertThat(gcc).hasSizeGreaterThan(5).isEqualTo(clang);
    }

    /** By linkage name, of the functions that the source defines; the compilers write {@code const char *} as an argument of templates differently. */
    private static Map<String, String> signatures(DebugInformation information) {
        Map<String, String> signatures = new TreeMap<>();
        for (Subprogram function : information.functions()) {
            String name = function.linkageName().orElse("");
            if (name.matches("_ZN?(K)?(5outer|6Copied|9Destroyed|7Virtual|3use|5makes|7returns|7members).*")
                    && !name.contains("IPK")
                    && !name.matches(".*[CD]2E.*")) {
                signatures.put(name, function.signature().map(Object::toString).orElse("-"));
            }
        }
        return signatures;
    }
}
