// FILE.md5: any bytes are read without harm, and what is found is a digest that stands there.
#include "fuzz.hpp"

#include "metadata/md5_sidecar.hpp"

#include <algorithm>
#include <string>

using namespace ferry;

namespace {

void check_found(std::string_view text, std::string_view name) {
    const FoundMd5 found = find_md5(text, name);
    fuzz::require((found.lines == Md5Lines::found) == (found.digest.size() == 32), "a digest if there is one");
    if (found.lines != Md5Lines::found)
        return;
    fuzz::require(found.digest.find_first_not_of("0123456789abcdef") == std::string::npos, "lower-case hex digits");
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    fuzz::require(lower.find(found.digest) != std::string::npos, "it stands in the text");
    if (name.find('\n') == std::string_view::npos && name.find('\\') == std::string_view::npos) {
        const FoundMd5 again = find_md5(found.digest + "  x/" + std::string(name) + "\n", name);
        fuzz::require(again.digest == found.digest, "what md5sum would write of it is found again");
    }
}

} // namespace

// The first line is the file's name, the rest what lies beside it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input = fuzz::view(data, size);
    const std::size_t end = std::min(input.find('\n'), input.size());
    const std::string_view name = input.substr(0, end);
    if (!name.empty() && name.find('/') == std::string_view::npos)
        check_found(input.substr(std::min(end + 1, input.size())), name);
    return 0;
}
