// Errors as values: Status and Result<T>. Nothing throws past its own function.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace ferry {

// What went wrong, as far as a caller acts on it.
enum class ErrorKind {
    invalid,    // options, names or credentials are wrong; nothing was changed
    not_found,  // a file, project or upload does not exist
    auth,       // the platform refused the token, or the rights on the project
    rights,     // the platform refused the rights on one file
    conflict,   // the name is taken
    network,    // no usable answer within the allowed tries
    storage,    // object storage refused or did not keep the bytes
    platform,   // the platform answered something that is permanent or makes no sense
    incomplete, // the platform lacks parts that were sent
    changed,    // the source changed during the upload
    different,  // local files and the platform's records do not agree
    io,         // a local read or write failed
    cancelled,  // stopped on request
    internal,   // a defect of Ferry
};

// Stable word of a kind, for programs: the outputs document's error.code and ferry_error.kind.
const char* to_word(ErrorKind kind) noexcept;

struct Error {
    ErrorKind kind = ErrorKind::internal;
    std::string message; // what failed, on what, why, what to do; holds no secret
};

class [[nodiscard]] Status {
  public:
    Status() = default; // success
    Status(Error error) : error_(std::move(error)) {}
    Status(ErrorKind kind, std::string message) : error_(Error{kind, std::move(message)}) {}

    bool ok() const noexcept { return !error_; }
    explicit operator bool() const noexcept { return ok(); }
    const Error& error() const { return *error_; } // only if !ok()

  private:
    std::optional<Error> error_;
};

template <class T> class [[nodiscard]] Result {
  public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
    Result(ErrorKind kind, std::string message) : Result(Error{kind, std::move(message)}) {}

    bool ok() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return ok(); }
    T& value() & { return std::get<0>(state_); }
    const T& value() const& { return std::get<0>(state_); }
    T&& value() && { return std::get<0>(std::move(state_)); }
    T* operator->() { return &std::get<0>(state_); }
    const T* operator->() const { return &std::get<0>(state_); }
    T& operator*() & { return std::get<0>(state_); }
    const T& operator*() const& { return std::get<0>(state_); }
    const Error& error() const { return std::get<1>(state_); } // only if !ok()
    Status status() const { return ok() ? Status() : Status(error()); }

  private:
    std::variant<T, Error> state_;
};

} // namespace ferry
