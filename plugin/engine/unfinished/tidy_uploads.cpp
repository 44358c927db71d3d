#include "unfinished/tidy_uploads.hpp"

#include "resume/tidy_journals.hpp"

#include <exception>
#include <optional>

namespace ferry {
namespace {

constexpr Duration answer_time{5'000};

std::uint64_t tidied(const PlatformOptions& options, const PlatformEnvironment& environment, CancelToken& cancel) {
    std::optional<PlatformSession> session; // mostly nothing is asked
    const auto is_gone = [&](const KnownUpload& upload) {
        if (!session)
            session.emplace(options, environment, cancel);
        return session->api().gone_at_once(upload.upload_id, answer_time);
    };
    tidy_journals({.state_dir = options.state_dir,
                   .endpoint = endpoint_text(options),
                   .clock = environment.clock,
                   .log = environment.log,
                   .is_gone = is_gone},
                  cancel);
    return session ? session->calls() : 0;
}

} // namespace

std::uint64_t tidy_uploads(const PlatformOptions& options, const PlatformEnvironment& environment,
                           CancelToken& cancel) {
    try {
        return tidied(options, environment, cancel);
    } catch (const std::exception&) { // the next turn tries again
        return 0;
    }
}

} // namespace ferry
