// One API call on its way through the platform, and what a handler answers.
#pragma once

#include "model/json.hpp"
#include "net/message.hpp"
#include "net/target.hpp"
#include "state.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace ferry::platform {

// A refusal: HTTP status and platform code (contract 1.5). Thrown by handlers only.
struct ApiError {
    int status;
    int code;
    std::string message;
};

struct Reply {
    int status = 200;
    Json body;
    bool empty = false;               // no body at all
    std::optional<std::size_t> total; // of a list: X-Total-Matching-Query
    bool short_items = false;         // without `fields`, list items are told in short
};

struct Call {
    State& state;
    const Request& request;
    Target target;
    std::string body;
    std::string operation;
    std::vector<std::string> captured; // what the route's stars stood for
    std::optional<Fault> fault;
    std::unique_lock<std::mutex> lock; // of State::mutex; held in handlers but while one lets go of it

    bool faulty(FaultKind kind) const { return fault && fault->kind == kind; }
    Json json() const;                      // null if there is no body; throws ApiError
    JsonObject::Ptr object(int code) const; // an object it must be; else 400 with that code
    const std::string* query(std::string_view name) const { return find(target.query, name); }
    bool truth(std::string_view name) const; // a boolean of the query in any case; false if missing
};

std::string href(const State& state, const std::string& path); // of "/files/ID"
JsonObject::Ptr error_body(int status, int code, const std::string& message);
Json show_upload(const State& state, const Upload& upload);
JsonObject::Ptr show_node(const State& state, const Node& node);

struct PageWanted {
    std::size_t limit = 50;
    std::size_t offset = 0;
};
PageWanted page_wanted(const Call& call); // throws ApiError
Reply page_reply(const Call& call, const PageWanted& wanted, std::size_t total, const JsonArray::Ptr& items);

// The slice of a list that limit and offset ask for, with links.
template <class Item, class Show> Reply page(const Call& call, const std::vector<Item>& all, Show show) {
    const PageWanted wanted = page_wanted(call);
    JsonArray::Ptr items = new_array();
    for (std::size_t i = wanted.offset; i < all.size() && i - wanted.offset < wanted.limit; ++i)
        items->add(show(all[i]));
    return page_reply(call, wanted, all.size(), items);
}

// Leaves in an answer what `fields` asks for: names, !names, dotted paths, _all.
Json select_fields(const Json& body, const std::string& fields);

} // namespace ferry::platform
