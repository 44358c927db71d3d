// Metadata and tags of up to a hundred files in one call, each answered for itself (contract 5).
#include "platform/platform_api.hpp"

#include "document/text.hpp"
#include "document/units.hpp"
#include "platform/api_json.hpp"

#include <utility>

namespace ferry {
namespace {

// Of one item: what a whole answer of that status would mean. Here 403 tells of a file, not of the token.
EditAnswer edit_answer(const HttpResponse& response, const std::string& advice, Verdict verdict) {
    const HttpOutcome outcome(response);
    EditAnswer answer{.verdict = verdict, .error = {}};
    answer.error.kind = verdict == Verdict::rights ? ErrorKind::rights : ErrorKind::platform;
    answer.error.message = describe(Operation::write, outcome) + advice;
    return answer;
}

} // namespace

PlatformApi::Request PlatformApi::edit_request(const std::vector<FileEdit>& edits, EditKey key) {
    return {.operation = Operation::write, .method = "POST", .path = "/bulk/files/edit", .body = edit_body(edits, key)};
}

std::vector<EditAnswer> PlatformApi::edit_answers(const EditReplies& replies) const {
    std::vector<EditAnswer> answers;
    for (const auto& refused : replies) {
        if (!refused) {
            answers.emplace_back();
            continue;
        }
        Verdict verdict = classify(Operation::write, HttpOutcome(*refused));
        verdict = verdict == Verdict::auth      ? Verdict::rights
                  : verdict == Verdict::success ? Verdict::permanent
                                                : verdict;
        answers.push_back(edit_answer(*refused, advice(verdict, HttpOutcome(*refused)), verdict));
    }
    return answers;
}

Result<std::vector<EditAnswer>> PlatformApi::edit_files(const std::vector<FileEdit>& edits, EditKey key) {
    EditReplies replies;
    const Status edited = perform(
        edit_request(edits, key),
        [&](const HttpResponse& response) -> Status {
            auto read = read_edit_replies(response.body, edits);
            if (!read.ok())
                return read.error();
            replies = std::move(*read);
            return {};
        },
        "cannot set the metadata and tags of " + count_of(edits.size(), "file"));
    if (!edited)
        return edited.error();
    return edit_answers(replies);
}

std::optional<std::vector<EditAnswer>> PlatformApi::edit_at_stop(const std::vector<FileEdit>& edits, EditKey key,
                                                                 Duration time) {
    const auto response = once_at_stop(edit_request(edits, key), time);
    if (!response)
        return std::nullopt;
    const auto replies = read_edit_replies(response->body, edits);
    return replies.ok() ? std::optional(edit_answers(*replies)) : std::nullopt;
}

} // namespace ferry
