package jltrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InheritanceTest {
    /** The first of LC_ALL, LC_CTYPE and LANG that is set and not empty decides: POSIX, "Environment Variables", 8.2. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            LANG=en_US.UTF-8                     | true
            LANG=C.utf8                          | true
            LANG=de_DE.utf8@euro                 | true
            LANG=de_DE@euro                      | false
            LANG=en_US.ISO-8859-1                | false
            LANG=C                               | false
            HOME=/root                           | false
            LANG=C.UTF-8 LC_ALL=C                | false
            LANG=C LC_CTYPE=C.UTF-8              | true
            LC_ALL=C.UTF-8 LC_CTYPE=C LANG=C     | true
            LC_ALL= LC_CTYPE= LANG=C.UTF-8       | true
            XLC_ALL=C.UTF-8                      | false
            """)
    void theLocalesVariablesSayWhetherTextIsUtf8(String variables, boolean expected) {
        List<byte[]> environment = Stream.of(variables.split(" ", -1))
                .map(variable -> variable.getBytes(StandardCharsets.UTF_8))
                .toList();
        assertThat(Inheritance.localeIsUtf8(environment)).isEqualTo(expected);
    }
}
