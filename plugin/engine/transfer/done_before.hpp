// Files that an earlier run has brought to the platform, by the journal: asked for again, they are done.
#pragma once

#include "base/cancel.hpp"
#include "base/first_lines.hpp"
#include "platform/platform_api.hpp"
#include "resume/upload_journal.hpp"
#include "transfer/upload_job.hpp"
#include "transfer/upload_session.hpp"

#include <optional>

namespace ferry {

class DoneBefore {
  public:
    // `api` null: the platform is not asked, and taken to have still what it had.
    DoneBefore(PlatformApi* api, const UploadJournal& journal, Log& log, const CancelToken& cancel)
        : api_(api)
        , journal_(journal)
        , cancel_(cancel)
        , elsewhere_(log, LogLevel::warn) {}

    // The file's result if the journal has it as done, the source is unchanged, and the platform still has that file:
    // under its name, or elsewhere as long as no other file has that name. `there`: the entry of the file's name on the
    // platform, or null.
    Result<std::optional<FileResult>> find(const PlannedFile& file, const RemoteFile* there);
    // An earlier run asked for its completion and did not live to see the answer, the upload is gone, and the source is
    // as it was sent: an entry of that name may be it.
    Result<bool> may_be_ours(const PlannedFile& file) const;

  private:
    Result<bool> unchanged(const PlannedFile& file, const SavedFile& saved);
    Result<std::optional<RemoteFile>> still_there(const PlannedFile& file, const SavedFile& saved,
                                                  const RemoteFile* there);
    void tell_elsewhere(const FileResult& result);

    PlatformApi* api_;
    const UploadJournal& journal_;
    const CancelToken& cancel_;
    FirstLines elsewhere_; // results under another name or in another folder
};

} // namespace ferry
