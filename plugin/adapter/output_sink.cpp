#include "output_sink.hpp"

#include "document/strict_json.hpp"
#include "error_report.hpp"

namespace ferry {

void OutputSink::set(const std::string& key, const Poco::Dynamic::Var& value) {
    const std::string json = to_json(value);
    if (services_.output_set(services_.ctx, to_abi(key), to_abi(json)) != FERRY_OK && refused_.empty())
        refused_ = key;
}

void OutputSink::append(const std::string& key, const Poco::Dynamic::Var& value) {
    const std::string json = to_json(value);
    if (services_.output_append(services_.ctx, to_abi(key), to_abi(json)) != FERRY_OK && refused_.empty())
        refused_ = key;
}

Status OutputSink::finish(const std::string& told) const {
    if (refused_.empty())
        return {};
    return {ErrorKind::internal, "the host did not take the output " + refused_ + "; the log tells " + told};
}

} // namespace ferry
