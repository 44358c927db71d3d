// The right to one piece of the state (a journal, a run): a file that its owner renews, so that it outlives neither the
// owner's process nor the owner's machine for long. No flock: many Lustre mounts have none.
#pragma once

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "base/status.hpp"
#include "state/private_folder.hpp"
#include "state/process_identity.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace ferry {

class Lease {
  public:
    static constexpr Duration renew_every{10'000};
    static constexpr Duration dead_after{60'000}; // without a renewal, by the file system's own clock

    struct Request {
        const PrivateFolder& folder; // outlives the lease
        std::string name;            // of the file
        std::string what;            // that is leased, for messages
        Clock& clock;
        // Told in words; each may be empty. Of a living owner that is waited for, of a dead one whose place was taken,
        // and, on the lease's own thread and at most once, of the lease's loss.
        std::function<void(const std::string&)> on_waiting;
        std::function<void(const std::string&)> on_takeover;
        std::function<void(std::string)> on_lost;
        Duration patience{dead_after}; // with a living owner; 0: it is not waited for
    };

    // Waits for a living owner for as long as `patience`, then fails with kind `conflict`, naming its host, its pid and
    // since when. A dead owner's lease is taken over: at once where this machine can tell, else when it has not been
    // renewed for dead_after. Kind `io` (or invalid) where the folder does not let us.
    static Result<std::unique_ptr<Lease>> acquire(Request request, CancelToken& cancel);
    // Who has the lease of that name and may be alive: "process 7 on host x"; nullopt if nobody. Only looks: of another
    // machine's process the two machines' clocks decide, so what is to be changed needs the lease itself.
    static std::optional<std::string> holder(const PrivateFolder& folder, const std::string& name);
    ~Lease(); // gives it back
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    // What the thread does every renew_every; false once the lease is lost.
    bool renew();

  private:
    Lease(Request request, std::string nonce);
    void keep() noexcept;

    const Request request_;
    const std::string nonce_;
    std::mutex mutex_;
    std::condition_variable ended_;
    bool end_ = false;
    bool lost_ = false;
    std::thread thread_; // last: it uses the others
};

} // namespace ferry
