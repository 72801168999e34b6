// Parameters and results that only C++ has, for the tests of debug information.
#include <string>
#include <utility>
#include <vector>

struct Plain { int a; long b; };
struct Copied { int a; Copied(const Copied &); Copied(); };
struct Defaulted { int a; Defaulted(); Defaulted(const Defaulted &) = default; ~Defaulted() = default; };
struct Destroyed { int a; ~Destroyed(); };
struct Virtual { virtual void act(int how); int x; };
struct Member { int before; Destroyed inner; };
struct Derived : Copied { int more; };
struct Empty {};
enum class Mode : unsigned char { Off, On };

Copied::Copied() : a(0) {}
Copied::Copied(const Copied &other) : a(other.a) {}
Destroyed::~Destroyed() { a = 0; }
void Virtual::act(int how) { x = how; }
Defaulted::Defaulted() : a(1) {}

namespace outer { namespace inner {
struct Widget {
  int area(Plain plain, Copied copied, Defaulted defaulted, Destroyed destroyed, Member member, Derived derived, Empty empty, int last) const;
  static int count(const Plain &reference, Plain &&moved, const std::string &text);
  struct Nested { int depth(Mode mode); };
  Widget(int size);
  ~Widget();
  int size;
};
Widget::Widget(int s) : size(s) {}
Widget::~Widget() { size = 0; }
int Widget::area(Plain plain, Copied copied, Defaulted defaulted, Destroyed destroyed, Member member, Derived derived, Empty, int last) const {
  return plain.a + copied.a + defaulted.a + destroyed.a + member.before + derived.more + last + size; }
int Widget::count(const Plain &reference, Plain &&moved, const std::string &text) { return reference.a + moved.a + (int)text.size(); }
int Widget::Nested::depth(Mode mode) { return (int)mode; }
template <typename T> T largest(T left, T right) { return left < right ? right : left; }
template int largest<int>(int, int);
template const char *largest<const char *>(const char *, const char *);
} }
namespace { __attribute__((noinline)) int unnamed(char32_t letter, char16_t narrow, std::nullptr_t null) { return letter + narrow + (null == nullptr); } }
int use(int a) { return unnamed(a, a, nullptr); }
Copied makes(Mode mode) { (void)mode; return Copied(); }
Plain returns(std::string by_value, std::pair<int, int> pair, std::vector<int> list) { return {pair.first, (long)(by_value.size() + list.size())}; }
int members(int Plain::*data, void (Virtual::*function)(int)) { return data != nullptr && function != nullptr; }
extern "C" int plain_name(bool yes, wchar_t letter, char8_t *utf) { return yes + letter + (utf != 0); }
