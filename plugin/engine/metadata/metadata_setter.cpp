#include "metadata/metadata_setter.hpp"

#include "document/text.hpp"
#include "document/units.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <system_error>
#include <utility>

namespace ferry {
namespace {

constexpr std::size_t names_told = 3;

// A stop leaves a second in all, and the slots and the reports of their parts have had some of it.
constexpr Duration edit_time_at_stop{300};

bool will_pass(Verdict verdict) {
    return verdict == Verdict::transient || verdict == Verdict::throttled || verdict == Verdict::maintenance;
}

// And not just for now.
bool all_failed(const std::vector<EditAnswer>& answers) {
    return std::none_of(answers.begin(), answers.end(), [](const EditAnswer& answer) {
        return answer.verdict == Verdict::success || will_pass(answer.verdict);
    });
}

bool any_done(const std::vector<EditAnswer>& answers) {
    return std::any_of(answers.begin(), answers.end(),
                       [](const EditAnswer& answer) { return answer.verdict == Verdict::success; });
}

// Of a whole call that a platform refuses which wants the other key: HTTP 400 is of this kind.
bool may_be_the_key(const Error& error) {
    return error.kind == ErrorKind::platform;
}

std::vector<FileEdit> edits_of(const auto& batch) {
    std::vector<FileEdit> edits;
    for (const auto& item : batch)
        edits.push_back(item.edit);
    return edits;
}

} // namespace

std::string LackingMetadata::sentence() const {
    const std::uint64_t further = files > names_told ? files - names_told : 0;
    return count_of(files, "file") + (files == 1 ? " is" : " are") +
           " uploaded, but without metadata or tags: " + names +
           (further > 0 ? " and " + std::to_string(further) + " more" : "") + ": " + first.message +
           "; run the same again to set them, no byte is sent again for it";
}

MetadataSetter::MetadataSetter(Context context)
    : context_(context)
    , wake_(context.stop, [this] {
        std::lock_guard lock(mutex_); // under which nobody asks the token, as it holds its own lock here
        stopped_ = true;
        changed_.notify_all();
    }) {}

MetadataSetter::~MetadataSetter() {
    if (!thread_.joinable())
        return;
    context_.stop.cancel();
    thread_.join();
}

void MetadataSetter::add(FileResult& result) {
    if (result.skipped || result.metadata.empty())
        return;
    Item item{result.path, result.asked_name, {result.id, std::exchange(result.metadata, {})}};
    std::unique_lock lock(mutex_);
    if (thread_.joinable())
        changed_.wait(lock, [this] { return waiting_.size() < most_waiting || over_ || stopped_; });
    waiting_.push_back(std::move(item));
    if (waiting_.size() < files_per_call)
        return;
    try {
        if (!thread_.joinable())
            thread_ = std::thread([this] { work(); });
    } catch (const std::system_error&) { // no thread to be had: they are set at the end of the job
    }
    changed_.notify_all();
}

MetadataSetter::Batch MetadataSetter::take() {
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), files_per_call));
    Batch batch(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
    waiting_.erase(waiting_.begin(), end);
    return batch;
}

std::optional<MetadataSetter::Batch> MetadataSetter::next_full() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_.size() >= files_per_call || over_ || stopped_; });
    if (waiting_.size() < files_per_call || stopped_)
        return std::nullopt;
    Batch batch = take();
    changed_.notify_all();
    return batch;
}

void MetadataSetter::put_back(Batch batch) {
    std::lock_guard lock(mutex_);
    waiting_.insert(waiting_.begin(), std::make_move_iterator(batch.begin()), std::make_move_iterator(batch.end()));
}

void MetadataSetter::work() noexcept {
    std::size_t in_hand = 0;
    try {
        const auto transport = context_.transports.make();
        PlatformApi api(context_.api, *transport, context_.stop);
        while (auto batch = next_full()) {
            in_hand = batch->size();
            set(api, std::move(*batch));
            in_hand = 0;
        }
    } catch (const std::exception& defect) { // the others are set at the end of the job
        if (in_hand > 0 && lacking_.files == 0) {
            lacking_.first = {ErrorKind::internal, "an unexpected failure inside Ferry: " + printable(defect.what())};
            lacking_.names = "those of one call";
        }
        lacking_.files += in_hand;
    }
    std::lock_guard lock(mutex_);
    over_ = true;
    changed_.notify_all();
}

LackingMetadata MetadataSetter::finish(bool hopeless) {
    {
        std::lock_guard lock(mutex_);
        over_ = true;
        changed_.notify_all();
    }
    if (thread_.joinable())
        thread_.join();
    if (!waiting_.empty() && !context_.stop.cancelled()) {
        const auto transport = context_.transports.make();
        PlatformApi api(context_.api, *transport, context_.stop);
        while (!waiting_.empty() && !context_.stop.cancelled())
            set(api, take());
    }
    if (!waiting_.empty() && !hopeless)
        set_at_stop();
    for (const Item& item : std::exchange(waiting_, {}))
        failed(item, {ErrorKind::cancelled, "the step was stopped before"});
    if (set_ > 0)
        context_.api.log.info("metadata or tags were set on " + count_of(set_, "file"));
    return std::move(lacking_);
}

// The platform's own documents and its own client differ in how an item's file is called.
MetadataSetter::Answers MetadataSetter::ask(PlatformApi& api, const Batch& batch) {
    const auto edits = edits_of(batch);
    auto answers = api.edit_files(edits, key_);
    const bool doubtful = answers.ok() ? all_failed(*answers) : may_be_the_key(answers.error());
    if (key_is_right_ || !doubtful) {
        key_is_right_ = key_is_right_ || (answers.ok() && any_done(*answers));
        return answers;
    }
    const EditKey other = key_ == EditKey::id ? EditKey::file_id : EditKey::id;
    auto again = api.edit_files(edits, other);
    if (!again.ok() || !any_done(*again))
        return again.ok() || again.error().kind != ErrorKind::cancelled ? answers : again;
    key_ = other;
    key_is_right_ = true;
    return again;
}

void MetadataSetter::set(PlatformApi& api, Batch batch) {
    RetryState retry(context_.api.retry, context_.api.clock, context_.api.random);
    while (!batch.empty()) {
        const auto answers = ask(api, batch);
        if (!answers.ok() && answers.error().kind == ErrorKind::cancelled)
            return put_back(std::move(batch));
        if (!answers.ok()) {
            for (const Item& item : batch)
                failed(item, answers.error());
            return;
        }
        const bool all_passes = std::all_of(answers->begin(), answers->end(),
                                            [](const EditAnswer& answer) { return !will_pass(answer.verdict); });
        const auto wait = all_passes ? std::nullopt : retry.failed(Verdict::transient, std::nullopt);
        batch = settle(std::move(batch), *answers, !wait);
        context_.api.retries += batch.empty() ? 0 : 1;
        if (!batch.empty() && !context_.api.clock.wait_for(*wait, context_.stop))
            return put_back(std::move(batch));
    }
}

// Answers those that are to be tried again; there are none after the `last` try.
MetadataSetter::Batch MetadataSetter::settle(Batch batch, const std::vector<EditAnswer>& answers, bool last) {
    Batch again;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        Item& item = batch[i];
        const EditAnswer& answer = answers[i];
        if (answer.verdict == Verdict::success) {
            ++set_;
            context_.journal.described(item.name, digest_of(item.edit.metadata));
            context_.api.log.debug(printable(item.name) + ": has its " + summary_of(item.edit.metadata));
        } else if (will_pass(answer.verdict) && !last) {
            again.push_back(std::move(item));
        } else {
            failed(item, answer.error);
        }
    }
    return again;
}

void MetadataSetter::set_at_stop() {
    const auto transport = context_.transports.make();
    PlatformApi api(context_.api, *transport, context_.stop);
    const Instant end = context_.api.clock.now() + edit_time_at_stop;
    while (!waiting_.empty() && context_.api.clock.now() < end) {
        Batch batch = take();
        const auto answers = api.edit_at_stop(edits_of(batch), key_, end - context_.api.clock.now());
        if (!answers)
            return put_back(std::move(batch));
        (void)settle(std::move(batch), *answers, true);
    }
}

void MetadataSetter::failed(const Item& item, const Error& error) {
    const std::string lacks = summary_of(item.edit.metadata);
    if (error.kind != ErrorKind::cancelled)
        context_.api.log.error(printable(item.path) + " was uploaded as " + printable(item.edit.id) +
                               ", but lacks its " + lacks + ": " + error.message);
    if (lacking_.files++ == 0)
        lacking_.first = error;
    if (lacking_.files <= names_told)
        lacking_.names += (lacking_.files > 1 ? ", " : "") + printable(item.name) + " (" + lacks + ")";
}

} // namespace ferry
