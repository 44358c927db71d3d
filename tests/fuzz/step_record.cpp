// Records of steps: whatever a disk gives back is read without harm, and what was understood is written and read the
// same.
#include "workflow/step_record.hpp"
#include "fuzz.hpp"
#include "state/digest.hpp"

#include <string>
#include <string_view>

namespace {

using ferry::fuzz::require;

const std::string key(64, 'a');

// The input as a body with its right checksum: a fuzzer would hardly ever guess one.
std::string sealed(std::string_view body) {
    return R"({"sha256":")" + ferry::sha256(body) + R"(","record":)" + std::string(body) + "}\n";
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = ferry::fuzz::view(data, size);
    (void)ferry::record_from(text, key);
    const auto read = ferry::record_from(sealed(text), key);
    const auto* record = std::get_if<ferry::StepRecord>(&read);
    if (!record)
        return 0;
    const auto again = ferry::record_from(ferry::to_text(*record, key), key);
    const auto* same = std::get_if<ferry::StepRecord>(&again);
    require(same != nullptr, "a record that was read is read again");
    require(same->inputs == record->inputs && same->made == record->made && same->run_id == record->run_id &&
                same->mark == record->mark && same->stood_on == record->stood_on,
            "its files, its run and what it stood on are the same");
    require(ferry::canonical_json(same->outputs) == ferry::canonical_json(record->outputs), "its outputs are the same");
    return 0;
}
