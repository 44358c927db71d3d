#include "workflow/reference.hpp"

#include "document/text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace ferry {

namespace {

constexpr std::string_view kForms = "references are ${vars.X}, ${env.X}, ${steps.ID.outputs.KEY}, ${steps.ID.status}, "
                                    "${steps.ID.error.message}, ${run.id} and ${workflow.dir}";

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Reads the inside of ${...}: words with dots and indices between.
class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool done() const { return rest_.empty(); }
    bool eat(std::string_view word) {
        if (!rest_.starts_with(word))
            return false;
        rest_.remove_prefix(word.size());
        return true;
    }
    // A name with '-' allowed after its first character; empty if there is none.
    std::string name() {
        if (rest_.empty() || !is_letter(rest_[0]))
            return {};
        return key();
    }
    // The same, and a digit may come first.
    std::string key() {
        const auto end = std::find_if_not(rest_.begin(), rest_.end(),
                                          [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
        return take(static_cast<std::size_t>(end - rest_.begin()));
    }
    std::optional<std::size_t> index() {
        const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_digit);
        const std::string digits = take(static_cast<std::size_t>(end - rest_.begin()));
        if (digits.empty() || digits.size() > 9)
            return std::nullopt;
        return std::stoul(digits);
    }

  private:
    std::string take(std::size_t length) {
        std::string word(rest_.substr(0, length));
        rest_.remove_prefix(length);
        return word;
    }
    std::string_view rest_;
};

bool read_path(Reader& in, Reference& out) {
    while (!in.done()) {
        if (in.eat(".")) {
            std::string field = in.key();
            if (field.empty())
                return false;
            out.path.emplace_back(std::move(field));
        } else if (in.eat("[")) {
            const auto index = in.index();
            if (!index || !in.eat("]"))
                return false;
            out.path.emplace_back(*index);
        } else {
            return false;
        }
    }
    return true;
}

bool read_step(Reader& in, Reference& out) {
    out.name = in.name();
    if (out.name.empty())
        return false;
    if (in.eat(".outputs.")) {
        out.kind = Reference::Kind::output;
        out.key = in.key();
        return !out.key.empty() && read_path(in, out);
    }
    if (in.eat(".status")) {
        out.kind = Reference::Kind::status;
        return in.done();
    }
    out.kind = Reference::Kind::error_message;
    return in.eat(".error.message") && in.done();
}

bool read_reference(std::string_view inside, Reference& out) {
    Reader in(inside);
    if (in.eat("steps."))
        return read_step(in, out);
    if (inside == "run.id" || inside == "workflow.dir") {
        out.kind = inside == "run.id" ? Reference::Kind::run_id : Reference::Kind::workflow_dir;
        return true;
    }
    const bool var = in.eat("vars.");
    if (!var && !in.eat("env."))
        return false;
    out.kind = var ? Reference::Kind::var : Reference::Kind::env;
    out.name = in.name();
    return !out.name.empty() && in.done();
}

// With the part that stands from `begin` to the next dot replaced by the nearest of `known`; empty if none is near.
std::string with_nearest(std::string_view inside, std::size_t begin, const std::vector<std::string>& known) {
    const std::size_t end = std::min(inside.find('.', begin), inside.size());
    const std::string near = nearest(inside.substr(begin, end - begin), known);
    if (near.empty())
        return {};
    return std::string(inside.substr(0, begin)) + near + std::string(inside.substr(end));
}

// What may have been meant; empty if nothing is near.
std::string near_form(std::string_view inside) {
    const std::size_t dot = inside.find('.');
    if (dot == std::string_view::npos)
        return {};
    if (inside.starts_with("run.") || inside.starts_with("workflow."))
        return nearest(inside, std::vector<std::string>{"run.id", "workflow.dir"});
    if (!inside.starts_with("steps."))
        return with_nearest(inside, 0, {"vars", "env", "steps", "run", "workflow"});
    const std::size_t second = inside.find('.', dot + 1);
    return second == std::string_view::npos ? "" : with_nearest(inside, second + 1, {"outputs", "status", "error"});
}

std::string advice_for(std::string_view inside) {
    const std::string near = near_form(inside);
    return "write $${ for a literal ${; " +
           (near.empty() || near == inside ? "" : "or did you mean ${" + printable(near, 200) + "}? ") +
           std::string(kForms);
}

Piece piece_of(std::string_view text) {
    const std::string_view inside = text.substr(2, text.size() - 2 - (text.ends_with('}') ? 1 : 0));
    Reference reference{};
    if (text.ends_with('}') && read_reference(inside, reference)) {
        reference.text = text;
        return reference;
    }
    return BadReference{printable(text, 80), advice_for(inside)};
}

void add_text(std::vector<Piece>& pieces, std::string_view text) {
    if (text.empty())
        return;
    if (!pieces.empty() && std::holds_alternative<std::string>(pieces.back()))
        std::get<std::string>(pieces.back()) += text;
    else
        pieces.emplace_back(std::string(text));
}

} // namespace

std::vector<Piece> parse_template(std::string_view text) {
    std::vector<Piece> pieces;
    std::size_t begin = 0; // of the text that is not yet in pieces
    for (std::size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$', at)) {
        const std::string_view here = text.substr(at);
        if (here.starts_with("$${")) {
            add_text(pieces, text.substr(begin, at - begin));
            add_text(pieces, "${");
            begin = at += 3;
        } else if (here.starts_with("${")) {
            add_text(pieces, text.substr(begin, at - begin));
            const std::size_t end = here.find('}');
            const std::string_view reference = here.substr(0, end == std::string_view::npos ? end : end + 1);
            pieces.push_back(piece_of(reference));
            begin = at += reference.size();
        } else {
            ++at;
        }
    }
    add_text(pieces, text.substr(begin));
    return pieces;
}

const Reference* lone_reference(const std::vector<Piece>& pieces) {
    return pieces.size() == 1 ? std::get_if<Reference>(&pieces[0]) : nullptr;
}

} // namespace ferry
