// How a file's upload begins: anew, or where an earlier process was cut off.
#pragma once

#include "transfer/upload_slot.hpp"

#include <optional>
#include <string>
#include <variant>

namespace ferry {

// The file is on the platform already: an earlier process completed the upload and did not live to say so.
struct FoundComplete {
    RemoteFile remote;
    OpenedUpload upload;
    std::string etag; // composite, where all parts were verified and it is certain that the file is made of them
};

using StartOutcome = std::variant<OpenedUpload, FoundComplete>;

// Used by one slot's thread, for one piece of work.
class UploadStart {
  public:
    UploadStart(SlotContext& context, PlatformApi& api) : context_(context), api_(api) {}

    // Takes up what the journal knows of the file, else opens an upload. Leaves the journal up to date.
    Result<StartOutcome> start(const UploadSession& session);

  private:
    Result<std::optional<StartOutcome>> take_up_known(const UploadSession& session);
    Result<std::optional<StartOutcome>> take_up(const UploadSession& session, const SavedFile& saved);
    Result<std::optional<StartOutcome>> take_up_open(const UploadSession& session, const SavedFile& saved);
    Result<std::optional<StartOutcome>> find_complete(const UploadSession& session, const SavedFile& saved);
    Result<std::optional<UploadState>> opened_by_lost_init(const InitRequest& request, const SavedFile& saved);
    Result<std::optional<OpenedUpload>> adopt(const UploadSession& session, const std::string& upload_id);
    Result<std::optional<OpenedUpload>> go_on(const UploadSession& session, const SavedFile* saved,
                                              const UploadState& state);
    void note_begun(const UploadSession& session);
    Status report_in_order(OpenedUpload& opened);
    Result<std::optional<StartOutcome>> drop_outdated(const UploadSession& session, const SavedFile& saved,
                                                      const std::string& why);
    Status abort_lost(const UploadSession& session);
    std::string known_md5(const UploadSession& session) const;
    Result<OpenedUpload> open_anew(const UploadSession& session);

    SlotContext& context_;
    PlatformApi& api_;
};

} // namespace ferry
