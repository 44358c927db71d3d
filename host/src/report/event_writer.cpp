#include "report/event_writer.hpp"

#include "document/strict_json.hpp"
#include "document/text.hpp"
#include "document/units.hpp"
#include "file_lock.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

namespace ferry {
namespace {

// "2026-01-31T23:59:59.123Z"
std::string utc_text(std::chrono::system_clock::time_point time) {
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
    const std::time_t seconds = static_cast<std::time_t>(ms / 1000);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char date[32];
    std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
    char text[48];
    std::snprintf(text, sizeof text, "%s.%03dZ", date, static_cast<int>(ms % 1000));
    return text;
}

std::string cannot(const std::string& path, const std::string& why) {
    return "events cannot be written to '" + printable(path) + "': " + why;
}

// A process that was killed may have left half a line. What cannot be read is taken to be whole.
bool ends_a_line(const std::string& path, off_t size) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    char last = '\n';
    return !file || ::pread(file.get(), &last, 1, size - 1) != 1 || last == '\n';
}

} // namespace

EventWriter::EventWriter(UniqueFd file, std::string path, const StopFlag& stop, Now now)
    : file_(std::move(file))
    , path_(std::move(path))
    , now_(now ? std::move(now) : Now([] { return std::chrono::system_clock::now(); }))
    , reader_(&stop) {}

std::variant<std::unique_ptr<EventWriter>, std::string> EventWriter::open(const std::string& path, const StopFlag& stop,
                                                                          Now now) {
    UniqueFd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666));
    if (!file)
        return cannot(path, errno == ENXIO ? "nobody reads that FIFO" : std::strerror(errno));
    struct stat info {};
    if (::fstat(file.get(), &info) != 0 || !(S_ISREG(info.st_mode) || S_ISFIFO(info.st_mode) || S_ISCHR(info.st_mode)))
        return cannot(path, "it is no regular file, FIFO or character device");
    const bool regular = S_ISREG(info.st_mode);
    const FileLock lock = regular ? lock_file(file.get()) : FileLock::none;
    if (lock == FileLock::held_elsewhere)
        return cannot(path, "another ferry writes its events there; give each a file of its own");
    std::unique_ptr<EventWriter> writer(new EventWriter(std::move(file), path, stop, std::move(now)));
    writer->owned_ = lock == FileLock::taken;
    writer->torn_ = regular && info.st_size > 0 && !ends_a_line(path, info.st_size);
    return writer;
}

// The part of a line that was written before its end could not be.
void EventWriter::take_back(std::size_t written) {
    struct stat info {};
    if (written == 0 || (owned_ && ::fstat(file_.get(), &info) == 0 &&
                         ::ftruncate(file_.get(), info.st_size - static_cast<off_t>(written)) == 0))
        return;
    torn_ = true;
}

// Why not, as errno has it; 0 if it is written. EAGAIN: its reader has had its time.
int EventWriter::write_line(const std::string& line) {
    const std::string whole = torn_ ? "\n" + line : line;
    std::string_view rest = whole; // normally one write: lines of several processes do not mix
    while (!rest.empty()) {
        const ssize_t written = ::write(file_.get(), rest.data(), rest.size());
        const int reason = written < 0 ? errno : 0;
        if (reason == EINTR || (reason == EAGAIN && reader_.wait_for_room(file_.get())))
            continue;
        if (reason != 0) {
            take_back(whole.size() - rest.size());
            return reason;
        }
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    torn_ = false;
    return 0;
}

std::optional<std::string> EventWriter::write(std::string_view type, const std::string& run_id, const TaskContext* step,
                                              const Poco::JSON::Object& fields) {
    Poco::JSON::Object line(Poco::JSON_PRESERVE_KEY_ORDER);
    line.set("type", std::string(type));
    line.set("run_id", run_id);
    if (step) {
        if (step->row > 0)
            line.set("row", step->row);
        if (!step->step_id.empty()) {
            line.set("step", step->step_id);
            line.set("attempt", step->attempt);
        }
    }
    for (const auto& [name, value] : fields)
        if (!line.has(name) && name != "time" && name != "step" && name != "attempt" && name != "row")
            line.set(name, value);
    const std::string rest = to_json(Poco::Dynamic::Var(line)).substr(1) + "\n";
    const std::lock_guard lock(mutex_);
    const int reason = write_line("{\"time\":\"" + utc_text(now_()) + "\"," + rest); // in the order of their times
    if (reason == 0 || ++lost_ > 1)
        return std::nullopt;
    return cannot(path_,
                  reason == EAGAIN ? "their reader had not taken them when all was to stop" : std::strerror(reason));
}

std::optional<std::string> EventWriter::missing() {
    const std::lock_guard lock(mutex_);
    if (lost_ == 0)
        return std::nullopt;
    return grouped(lost_) + (lost_ == 1 ? " event is" : " events are") + " missing in '" + printable(path_) + "'";
}

} // namespace ferry
