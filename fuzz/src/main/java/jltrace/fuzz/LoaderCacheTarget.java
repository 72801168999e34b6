package jltrace.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jltrace.bytes.ByteSource;
import jltrace.elf.ElfException;
import jltrace.elf.LoaderCache;

/** The dynamic loader's cache. */
final class LoaderCacheTarget implements Target {
    @Override
    public List<byte[]> seeds() {
        List<byte[]> inputs = new ArrayList<>();
        try {
            byte[] installed = Files.readAllBytes(Path.of("/etc/ld.so.cache"));
            inputs.add(installed);
            inputs.add(Arrays.copyOf(installed, 1024));
        } catch (IOException e) {
            inputs.add("glibc-ld.so.cache1.1".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        }
        return inputs;
    }

    @Override
    public void read(byte[] data) {
        Cost.check(data.length, () -> {
            try {
                LoaderCache cache = LoaderCache.parse(ByteSource.of(data), "cache");
                for (String name : List.of("libc.so.6", "libz.so.1", "lib1.so", "", "libstdc++.so.6")) {
                    cache.find(name, List.of("x86-64-v3", "x86-64-v2"));
                }
            } catch (ElfException e) {
                Target.expected(e);
            }
        });
    }
}
