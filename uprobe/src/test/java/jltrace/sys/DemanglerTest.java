package jltrace.sys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Names of symbols, against those of binutils' {@code c++filt}. */
class DemanglerTest {
    private static final List<String> SYMBOLS = List.of(
            "_ZN4shop6BasketC1Ei",
            "_ZNK4shop6BasketplERKS0_",
            "_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE6appendEPKc",
            "_ZStlsISt11char_traitsIcEERSt13basic_ostreamIcT_ES5_PKc",
            "_ZTV4shop",
            "_ZZ4mainENKUlvE_clEv",
            "_Znwm",
            "_Z",
            "_Zqq",
            "main",
            "printf",
            "_ZN3_l_E9\u00fcber");

    private final Demangler demangler = Demangler.open().orElseThrow();

    @Test
    void aSymbolIsWhatTheSourceCallsIt() throws IOException {
        assertThat(SYMBOLS.stream().map(demangler::demangled).toList()).isEqualTo(filtered());
    }

    private static List<String> filtered() throws IOException {
        Process filter = new ProcessBuilder("c++filt").start();
        try (Writer input = filter.outputWriter(UTF_8)) {
            input.write(String.join("\n", SYMBOLS));
        }
        return new String(filter.getInputStream().readAllBytes(), UTF_8).lines().toList();
    }
}
