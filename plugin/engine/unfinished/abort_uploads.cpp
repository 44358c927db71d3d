#include "unfinished/abort_uploads.hpp"

#include "document/text.hpp"
#include "document/units.hpp"

#include <algorithm>
#include <exception>
#include <set>
#include <utility>

namespace ferry {
namespace {

class AbortJob {
  public:
    AbortJob(const AbortOptions& options, const PlatformEnvironment& environment, CancelToken& cancel)
        : options_(options)
        , log_(environment.log)
        , cancel_(cancel)
        , session_(options, environment, cancel)
        , forgetter_(options.state_dir, {.clock = environment.clock, .log = environment.log}) {}

    AbortSummary run() {
        Status status = work();
        return {.aborted = std::move(aborted_),
                .skipped = std::move(skipped_),
                .api_calls = session_.calls(),
                .status = std::move(status)};
    }

  private:
    Status work();
    Result<std::vector<UnfinishedUpload>> named();
    Result<std::vector<UnfinishedUpload>> aged();
    Status nobody_unknown(const KnownUploads& known) const;
    std::string reason_to_keep(const UnfinishedUpload& upload) const;
    Status one(const UnfinishedUpload& upload);
    Status reserve(const UnfinishedUpload& upload);
    Status look(const UnfinishedUpload& upload);
    Status drop(const UnfinishedUpload& upload);
    void leave(const UnfinishedUpload& upload, const Error& error);
    bool ends_all(const Error& error) const;
    Status verdict(std::size_t wanted) const;

    const AbortOptions& options_;
    Log& log_;
    CancelToken& cancel_;
    PlatformSession session_;
    UploadForgetter forgetter_;
    std::vector<std::string> aborted_;
    std::vector<LeftOpen> skipped_;
    std::size_t would_abort_ = 0;
    std::size_t failed_ = 0;
    Error first_;
};

Result<std::vector<UnfinishedUpload>> AbortJob::named() {
    auto known = known_uploads(options_.state_dir, endpoint_text(options_), log_);
    if (!known.ok())
        return known.error();
    std::vector<UnfinishedUpload> uploads;
    std::set<std::string_view> seen;
    for (const std::string& id : options_.upload_ids) {
        if (!seen.insert(id).second)
            continue;
        UnfinishedUpload upload;
        upload.upload.upload_id = id;
        std::copy_if(known->uploads.begin(), known->uploads.end(), std::back_inserter(upload.known),
                     [&](const KnownUpload& one) { return one.upload_id == id; });
        if (!upload.known.empty())
            upload.upload.name = upload.known.front().name;
        uploads.push_back(std::move(upload));
    }
    return uploads;
}

// What a journal that cannot be read has in work is not known; so with one in use, nobody's age is reason enough.
Status AbortJob::nobody_unknown(const KnownUploads& known) const {
    for (const std::string& journal : known.unreadable)
        if (const auto holder = journal_holder(options_.state_dir, journal))
            return {ErrorKind::conflict, *holder + " uses the journal " + journal +
                                             " in the state directory, which cannot be read here: which uploads it "
                                             "has in work is not known; let it end, or give upload_ids"};
    return {};
}

Result<std::vector<UnfinishedUpload>> AbortJob::aged() {
    auto found = unfinished_uploads(session_.api(), options_, options_.target, false, log_);
    if (!found.ok())
        return found.error();
    if (const Status sure = nobody_unknown(found->known); !sure)
        return sure.error();
    std::vector<UnfinishedUpload> uploads;
    for (UnfinishedUpload& upload : found->uploads) {
        if (options_.known == KnownPolicy::only && upload.known.empty())
            continue;
        if (upload.age && *upload.age < *options_.older_than)
            continue;
        const std::string reason = reason_to_keep(upload);
        if (reason.empty()) {
            uploads.push_back(std::move(upload));
            continue;
        }
        log_.info(title_of(upload) + " is left open: " + reason);
        skipped_.push_back({upload.upload.upload_id, reason});
    }
    log_.info(count_of(uploads.size(), "upload") + " of " + std::to_string(found->uploads.size()) + " in " +
              title_of(options_.target) + " begun " + format_duration(*options_.older_than) + " ago or earlier");
    return uploads;
}

// Of what is old enough; empty: none. What nobody goes on with can go: its source is gone, or another one by now.
std::string AbortJob::reason_to_keep(const UnfinishedUpload& upload) const {
    if (!upload.age)
        return "the platform does not tell when it was begun";
    if (options_.known != KnownPolicy::keep)
        return {};
    const auto wanted = std::find_if(upload.known.begin(), upload.known.end(),
                                     [](const KnownUpload& known) { return known.may_go_on(); });
    if (wanted == upload.known.end())
        return {};
    if (const auto holder = journal_holder(options_.state_dir, wanted->journal))
        return *holder + " has the upload of " + printable(wanted->name) + " in work";
    return "running its step again goes on with it from " + printable(wanted->path) +
           "; to drop it, give its id in upload_ids, or known: drop";
}

// Kind `conflict` if a living process of this state directory has it in work.
Status AbortJob::reserve(const UnfinishedUpload& upload) {
    for (const KnownUpload& known : upload.known) {
        if (options_.dry_run) {
            if (const auto holder = journal_holder(options_.state_dir, known.journal))
                return {ErrorKind::conflict, *holder + " has the upload of " + printable(known.name) + " in work"};
        } else if (const Status reserved = forgetter_.reserve(known, cancel_); !reserved) {
            return reserved;
        }
    }
    return {};
}

Status AbortJob::look(const UnfinishedUpload& upload) {
    const auto state = session_.api().upload_state(upload.upload.upload_id);
    if (!state.ok())
        return state.status();
    UnfinishedUpload shown = upload;
    if (*state && shown.upload.name.empty())
        shown.upload.name = (*state)->about.name;
    ++would_abort_;
    log_.info(*state ? "would abort " + title_of(shown) + ", which has " + count_of((*state)->reported.size(), "part") +
                           " reported"
                     : title_of(shown) + " is not open on the platform: it would count as aborted");
    return {};
}

Status AbortJob::drop(const UnfinishedUpload& upload) {
    const auto open = session_.api().abort_if_open(upload.upload.upload_id);
    if (!open.ok())
        return open.status();
    log_.info(*open ? "aborted " + title_of(upload)
                    : title_of(upload) + " is not open on the platform: it counts as aborted");
    for (const KnownUpload& known : upload.known) {
        if (*open || !known.completing)
            forgetter_.forget(known);
        else // its file may be there, and only that journal can tell
            log_.info(printable(known.name) + " may have been put together: the next run of its step finds out");
    }
    aborted_.push_back(upload.upload.upload_id);
    return {};
}

void AbortJob::leave(const UnfinishedUpload& upload, const Error& error) {
    skipped_.push_back({upload.upload.upload_id, error.message});
    const std::string message = title_of(upload) + " is left open: " + error.message;
    if (options_.older_than && error.kind == ErrorKind::conflict) {
        log_.info(message); // as promised, and no failure
        return;
    }
    log_.error(message);
    if (failed_++ == 0)
        first_ = {error.kind, message};
}

bool AbortJob::ends_all(const Error& error) const {
    return error.kind == ErrorKind::auth || error.kind == ErrorKind::cancelled ||
           (error.kind == ErrorKind::network && session_.line_dead());
}

// An error only if it ends all.
Status AbortJob::one(const UnfinishedUpload& upload) {
    Status status = reserve(upload);
    if (status)
        status = options_.dry_run ? look(upload) : drop(upload);
    if (!status && ends_all(status.error()))
        return status;
    if (!status)
        leave(upload, status.error());
    return {};
}

Status AbortJob::work() {
    const auto uploads = options_.older_than ? aged() : named();
    if (!uploads.ok())
        return uploads.status();
    for (const UnfinishedUpload& upload : *uploads) {
        if (const Status going = one(upload); !going) {
            Error error = going.error();
            error.message += "; " + std::to_string(aborted_.size()) + " of " + count_of(uploads->size(), "upload") +
                             " aborted before";
            return error;
        }
    }
    return verdict(uploads->size());
}

Status AbortJob::verdict(std::size_t wanted) const {
    if (options_.dry_run)
        log_.info("would abort " + count_of(would_abort_, "upload") + " and leave " + std::to_string(skipped_.size()) +
                  " open; nothing was changed (dry run)");
    else
        log_.info(std::to_string(aborted_.size()) + " of " + count_of(wanted, "upload") + " aborted");
    if (failed_ == 0)
        return {};
    Error error = first_;
    if (failed_ > 1)
        error.message += "; and " + std::to_string(failed_ - 1) + " more could not be aborted";
    return error;
}

} // namespace

AbortSummary abort_uploads(const AbortOptions& options, const PlatformEnvironment& environment, CancelToken& cancel) {
    std::string defect = "of an unknown kind";
    try {
        return AbortJob(options, environment, cancel).run();
    } catch (const std::exception& exception) {
        defect = printable(exception.what());
    } catch (...) {
    }
    return {
        .aborted = {}, .skipped = {}, .status = {ErrorKind::internal, "an unexpected failure inside Ferry: " + defect}};
}

} // namespace ferry
