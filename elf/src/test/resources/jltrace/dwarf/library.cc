// Classes of the GNU C++ library, as members.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct Holder {
    std::string text;
    std::wstring wide;
    std::string_view view;
    std::vector<int> numbers;
    std::vector<std::string> texts;
    std::vector<char> bytes;
    std::vector<bool> bits;
    std::unique_ptr<int> owned;
    std::optional<int> maybe;
    std::pair<int, std::string> both;
    virtual ~Holder() {}
};

int use(Holder *holder) { return holder->numbers[0]; }
int by_value(std::string_view view, int last) { return view.size() + last; }
Holder made;
