/* A little of everything that libc does, linked statically so that the dynamic loader's loops do not drown it. */
#include <locale.h>
#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

static int by_length(const void *one, const void *other) {
    return (int)strlen(*(char *const *)one) - (int)strlen(*(char *const *)other);
}

int main(void) {
    char text[256], other[256];
    for (size_t size = 0; size < sizeof text; size += 13) {
        memset(text, 'a' + (int)size % 26, size);
        memcpy(other, text, size);
        memmove(other + 1, other, size > 0 ? size - 1 : 0);
        if (memcmp(text, other, size) != 0 && memchr(text, 'b', size) != NULL) {
            strncpy(other, "changed", sizeof other);
        }
    }
    const char *words[] = {"tracing", "a", "call", "through", "probes"};
    qsort(words, 5, sizeof *words, by_length);
    double number = strtod("1234.5678e-3", NULL);
    snprintf(text, sizeof text, "%s %d %08lx %g %.3Lf %e", words[4], -42, 255L, number, (long double)number, exp(number));
    regex_t expression;
    if (regcomp(&expression, "([a-z]+) (-?[0-9]+)", REG_EXTENDED) == 0) {
        regmatch_t groups[3];
        regexec(&expression, text, 3, groups, 0);
        regfree(&expression);
    }
    struct tm broken = {.tm_year = 124, .tm_mon = 1, .tm_mday = 29};
    time_t seconds = mktime(&broken);
    strftime(text, sizeof text, "%A %d %B %Y %H:%M:%S", gmtime(&seconds));
    setlocale(LC_ALL, "C.UTF-8");
    wchar_t wide[64];
    size_t length = mbstowcs(wide, "gr\xc3\xbc\xc3\x9f dich", 64);
    void *blocks[32];
    for (size_t at = 0; at < 32; at++) {
        blocks[at] = calloc(at + 1, 40 * at + 1);
    }
    for (size_t at = 0; at < 32; at += 2) {
        free(blocks[at]);
        blocks[at + 1] = realloc(blocks[at + 1], 5000);
    }
    sscanf("17 0x1f 3.25 word", "%d %i %lf %31s", &(int){0}, &(int){0}, &number, other);
    printf("%s %s %zu %.10f %ls\n", text, other, length, sqrt(number) + sin(number) + pow(number, 1.5), wide);
    return 0;
}
