// One slot at work: takes pieces from the queue, does their requests over its own connection, answers the queue.
#pragma once

#include "base/cancel.hpp"
#include "http/http_transport.hpp"
#include "platform/platform_api.hpp"
#include "resume/upload_journal.hpp"
#include "transfer/part_sender.hpp"
#include "transfer/work_queue.hpp"

#include <memory>
#include <variant>

namespace ferry {

struct FoundComplete;
class NewNames;
class RemoteFolders;

// What the slots of a step share. Outlives them.
struct SlotContext {
    ApiContext& api;
    SenderContext& sender;
    TransportFactory& transports;
    WorkQueue& queue;
    UploadJournal& journal;
    RemoteFolders& folders;
    NewNames& new_names;
    Conflict conflict = Conflict::fail;
    CancelToken& stop; // of the step: cancelled from outside, or by a slot when nothing can go on
};

// Used by one thread. Memory: one read buffer and one transport.
class UploadSlot {
  public:
    explicit UploadSlot(SlotContext& context);
    void run(); // works until the queue has nothing more

  private:
    void perform(const Work& work);
    void do_init(const Work& work);
    Result<std::variant<OpenedUpload, FoundComplete>> start(const Work& work);
    Status place(const Work& work);
    Status rename(const Work& work);
    void do_part(const Work& work);
    void do_complete(const Work& work);
    void do_abort(const Work& work);
    void finish(const Work& work, FoundComplete done);
    void mend(const Work& work, const Error& cause);
    void conflicts(const Work& work, Error error);
    void fail(const Work& work, WorkFailure failure);

    SlotContext& context_;
    std::unique_ptr<HttpTransport> transport_;
    PlatformApi api_;
    PartSender sender_;
};

// The whole life of one slot. What is thrown inside ends the step with an error of kind `internal`.
void work_in_slot(SlotContext& context) noexcept;

} // namespace ferry
