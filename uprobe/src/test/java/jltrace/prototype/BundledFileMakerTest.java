package jltrace.prototype;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class BundledFileMakerTest {
    private static final Path RECIPES =
            Path.of(System.getProperty("jltrace.root", "..")).resolve("uprobe/src/bundle");

    @Test
    void theBundledFilesAreWhatTheRecipesMakeOfTheHeadersHere() throws Exception {
        List<Path> recipes = BundledFileMaker.recipes(RECIPES);
        assertThat(recipes).hasSizeGreaterThan(3);
        for (Path recipe : recipes) {
            String library = BundledFileMaker.library(recipe);
            String bundled = new BundledTexts().read(library).orElseThrow().text();
            assertThat(BundledFileMaker.text(recipe)).as(library).isEqualTo(bundled);
        }
    }
}
