package jltrace.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
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
                .hasToString("void outer::inner::Widget::Widget(struct outer::inner::Widget* this, int s)");
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
