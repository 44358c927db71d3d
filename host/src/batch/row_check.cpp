#include "batch/row_check.hpp"

#include "batch/check_memo.hpp"
#include "batch/row_text.hpp"
#include "document/text.hpp"
#include "schema/describe_schema.hpp"
#include "schema/json_value.hpp"
#include "secret_text.hpp"
#include "workflow/reference.hpp"

#include <algorithm>
#include <utility>

namespace ferry {

namespace {

constexpr std::uint64_t kMostWrongRows = 200; // then only the form of the others is looked at
constexpr std::size_t kLongestCommand =
    kLongestRow - 4096;                    // of a line of the joblog; the rest is for its other columns
constexpr std::size_t kLongestEscape = 10; // "--var" with its quotes, or a byte of a value

class RowCheck {
  public:
    RowCheck(const RowCheckRequest& request, KnownRows known)
        : request_(request)
        , plans_(request.shard, request.resume, std::move(known), request.load.vars)
        , load_(request.load)
        , memo_([this](const RowValues& values) { return !has_errors(load(values).diagnostics); })
        , result_(request.most_told) {}

    RowCheckResult run() {
        learn_token_variables();
        const auto pass = request_.manifest.pass();
        ManifestRow row;
        bool header = true; // still to be looked at
        for (auto next = pass->next(row);; next = pass->next(row)) {
            if (std::exchange(header, false) && !pass->columns().empty())
                header_fine_ = check_names(pass->columns(), 0, place(1));
            if (next == Manifest::Pass::Next::end)
                break;
            if (next == Manifest::Pass::Next::problem)
                result_.errors.add(to_text(pass->problem()), 0);
            else
                check_row(row, pass->columns().empty());
            result_.rows = row.number;
        }
        if (result_.to_run == 0) // nothing else has looked at the workflow
            for (const Diagnostic& found : request_.workflow.problems())
                (found.warning ? result_.warnings : result_.errors).add(to_text(found), 0);
        return std::move(result_);
    }

  private:
    void check_row(const ManifestRow& row, bool own_names) {
        const bool names_fine = own_names ? check_row_names(row) : header_fine_;
        RowValues values;
        const auto plan = plans_.next(row, values);
        if (!plan)
            return;
        ++result_.mine;
        switch (*plan) {
        case RowPlan::run:
            ++result_.to_run;
            break;
        case RowPlan::done_before:
            ++result_.done_before;
            return;
        case RowPlan::failed_before:
            ++result_.failed_before;
            return;
        }
        if (names_fine && (request_.every_row || result_.wrong_rows < kMostWrongRows))
            check_values(row, values);
    }

    bool check_row_names(const ManifestRow& row) {
        std::vector<std::string> names;
        for (const auto& [name, value] : row.values)
            names.push_back(name);
        if (names == fine_names_)
            return true;
        if (!check_names(names, row.number, place(row.line)))
            return false;
        fine_names_ = std::move(names);
        return true;
    }

    // True if these columns and --var give the variables that the workflow declares.
    bool check_names(const std::vector<std::string>& names, std::uint64_t row, const std::string& place) {
        const auto& declared = request_.workflow.declared();
        const auto& given = request_.load.vars;
        std::vector<std::string> wrong;
        for (const std::string& name : names)
            if (!declared.count(name))
                wrong.push_back(undeclared("the column " + in_quotes(name), name));
            else if (given.count(name))
                wrong.push_back("the column " + in_quotes(name) + " is given by --var, too; leave one of them out");
        for (const auto& [name, value] : given)
            if (!declared.count(name))
                wrong.push_back(undeclared("--var " + in_quotes(name), name));
        for (const auto& [name, required] : declared)
            if (required && !given.count(name) && std::find(names.begin(), names.end(), name) == names.end())
                wrong.push_back("the variable " + in_quotes(name) +
                                " has no value; needed: a column of that name, or --var, because the workflow declares "
                                "it as null");
        for (const std::string& text : wrong)
            result_.errors.add(text, row, place);
        return wrong.empty();
    }
    std::string undeclared(const std::string& what, const std::string& name) const {
        std::vector<std::string> known;
        for (const auto& [variable, required] : request_.workflow.declared())
            known.push_back(variable);
        const std::string near = nearest(name, known);
        return what + " is no variable of the workflow" +
               (near.empty() ? "" : "; did you mean " + in_quotes(near) + "?") +
               (known.empty() ? "; it declares none" : "; declared: " + listed(known, " and "));
    }

    void check_values(const ManifestRow& row, const RowValues& values) {
        if (refuse_tokens(row, values) || refuse_long_row(row, values) || (!request_.every_row && memo_.known(values)))
            return;
        LoadResult loaded = load(values);
        result_.plugin_failed = result_.plugin_failed || loaded.plugin_failed;
        for (const Diagnostic& found : loaded.diagnostics)
            (found.warning ? result_.warnings : result_.errors).add(to_text(found), row.number, place(row.line));
        if (has_errors(loaded.diagnostics))
            ++result_.wrong_rows;
        else if (!request_.every_row)
            memo_.remember(values);
    }
    // Before any row is looked at, as a row may hold the token that another one names. A variable may say which
    // variable of the environment a token is in.
    void learn_token_variables() {
        learn_from(request_.load.vars);
        std::set<std::string> naming;
        for (const Step& step : request_.workflow.steps().steps)
            for (const Piece& piece : parse_template(text_of(step.with->get("token_env"))))
                if (const auto* reference = std::get_if<Reference>(&piece))
                    if (reference->kind == Reference::Kind::var && !request_.load.vars.count(reference->name))
                        naming.insert(reference->name);
        if (naming.empty())
            return;
        std::set<GivenVars> seen;
        const auto pass = request_.manifest.pass();
        ManifestRow row;
        for (auto next = pass->next(row); next != Manifest::Pass::Next::end; next = pass->next(row)) {
            GivenVars vars = request_.load.vars;
            for (const auto& [name, value] : row.values)
                if (next == Manifest::Pass::Next::row && naming.count(name))
                    vars[name] = value;
            if (seen.insert(vars).second)
                learn_from(vars);
        }
    }
    void learn_from(const GivenVars& vars) {
        load_.vars = vars;
        const LoadResult bound = request_.workflow.bind(load_);
        result_.token_variables.insert(bound.token_variables.begin(), bound.token_variables.end());
    }

    // What the joblog could not give back is not begun with.
    bool refuse_long_row(const ManifestRow& row, const RowValues& values) {
        std::size_t bytes = request_.workflow.steps().file.size();
        for (const auto& [name, value] : values)
            bytes += name.size() + value.size() + kLongestEscape;
        if (bytes * kLongestEscape < kLongestCommand ||
            row_command(request_.workflow.steps().file, values).size() < kLongestCommand)
            return false;
        result_.errors.add("the row is too long: written as a command, it has to fit into 16 MiB, a line of the joblog",
                           row.number, place(row.line));
        ++result_.wrong_rows;
        return true;
    }
    // The joblog and the outputs documents hold the values.
    bool refuse_tokens(const ManifestRow& row, const RowValues& values) {
        for (const auto& [name, value] : values) {
            if (without_secrets(value, result_.token_variables) == value)
                continue;
            result_.errors.add("the value of " + in_quotes(name) +
                                   " is a token; tasks that talk to the platform find it by themselves",
                               row.number, place(row.line));
            ++result_.wrong_rows;
            return true;
        }
        return false;
    }
    std::string place(std::size_t line) const {
        return printable(request_.manifest.path()) + ":" + std::to_string(line) + ": ";
    }

    LoadResult load(const RowValues& values) {
        load_.vars.clear();
        load_.vars.insert(values.begin(), values.end());
        return request_.workflow.load(load_);
    }

    const RowCheckRequest& request_;
    RowPlans plans_;
    LoadRequest load_;
    CheckMemo memo_;
    RowCheckResult result_;
    std::vector<std::string> fine_names_; // of the last row that brought its own
    bool header_fine_ = true;
};

} // namespace

RowCheckResult check_rows(const RowCheckRequest& request, KnownRows known) {
    return RowCheck(request, std::move(known)).run();
}

} // namespace ferry
