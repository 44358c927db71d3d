#include "report/text_columns.hpp"

#include <clocale>
#include <cwchar>
#include <vector>

namespace ferry {
namespace {

// For this thread and as long as it lives: whatever locale the process has, names are UTF-8.
class Utf8Locale {
  public:
    Utf8Locale() : before_(::uselocale(shared())) {}
    ~Utf8Locale() { ::uselocale(before_); }
    Utf8Locale(const Utf8Locale&) = delete;
    Utf8Locale& operator=(const Utf8Locale&) = delete;

  private:
    static ::locale_t shared() {
        static const ::locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
        return locale; // null, which changes nothing, where it is missing
    }
    const ::locale_t before_;
};

struct Glyph {
    std::size_t begin;
    std::size_t columns;
};

std::vector<Glyph> glyphs_of(std::string_view text) {
    const Utf8Locale locale;
    std::vector<Glyph> glyphs;
    std::mbstate_t state{};
    for (std::size_t at = 0; at < text.size();) {
        wchar_t wide = 0;
        std::size_t size = std::mbrtowc(&wide, text.data() + at, text.size() - at, &state);
        int columns = 1; // of what is unknown, or no UTF-8
        if (size == 0 || size > text.size() - at) {
            size = 1;
            state = {};
        } else if (const int known = ::wcwidth(wide); known >= 0) {
            columns = known;
        }
        glyphs.push_back({at, static_cast<std::size_t>(columns)});
        at += size;
    }
    return glyphs;
}

} // namespace

std::size_t columns_of(std::string_view text) {
    std::size_t columns = 0;
    for (const Glyph& glyph : glyphs_of(text))
        columns += glyph.columns;
    return columns;
}

std::string fit_columns(std::string_view text, std::size_t columns) {
    const std::vector<Glyph> glyphs = glyphs_of(text);
    std::size_t all = 0;
    for (const Glyph& glyph : glyphs)
        all += glyph.columns;
    if (all <= columns)
        return std::string(text);
    if (columns == 0)
        return {};
    const std::size_t head_room = (columns - 1) / 2;
    std::size_t head = 0;
    std::size_t used = 0;
    while (head < glyphs.size() && used + glyphs[head].columns <= head_room)
        used += glyphs[head++].columns; // what combines with a character that fits, fits
    std::size_t tail = glyphs.size();
    std::size_t start = tail; // no tail begins with what combines with a character before it
    for (std::size_t room = columns - 1 - used; tail > head && glyphs[tail - 1].columns <= room;) {
        room -= glyphs[--tail].columns;
        if (glyphs[tail].columns > 0)
            start = tail;
    }
    const auto byte_of = [&](std::size_t glyph) { return glyph < glyphs.size() ? glyphs[glyph].begin : text.size(); };
    return std::string(text.substr(0, byte_of(head))) + "…" + std::string(text.substr(byte_of(start)));
}

} // namespace ferry
