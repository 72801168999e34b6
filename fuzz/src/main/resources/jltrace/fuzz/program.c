/* A program that calls the library. */
extern int first(const char *, void *), third(int, ...), chosen(const char *, void *);
extern double second(double, float, int, void *);
int main(int argc, char **argv) {
  return first(argv[0], argv) + third(argc) + chosen("", argv) + (int)second(1, 2, 3, main);
}
