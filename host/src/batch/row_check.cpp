#include "batch/row_check.hpp"

#include "batch/check_memo.hpp"
#include "batch/row_text.hpp"
#include "document/text.hpp"
#include "schema/describe_schema.hpp"
#include "schema/json_value.hpp"
#include "secret_text.hpp"

#include <algorithm>
#include <utility>

namespace ferry {

namespace {

constexpr std::uint64_t kMostWrongRows = 200; // then only the form of the others is looked at

class RowCheck {
  public:
    RowCheck(const RowCheckRequest& request, KnownRows known)
        : request_(request)
        , known_(std::move(known))
        , load_(request.load)
        , memo_([this](const RowValues& values) { return !has_errors(load(values).diagnostics); })
        , result_(request.most_told) {}

    RowCheckResult run() {
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
        if (!request_.shard.has(row.number))
            return;
        ++result_.mine;
        RowValues values = row.values;
        values.insert(values.end(), request_.load.vars.begin(), request_.load.vars.end());
        switch (known_.empty() ? RowPlan::run : plan_of(known_.take(row_hash(values)), request_.resume)) {
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
        if (refuse_tokens(row, values) || (!request_.every_row && memo_.known(values)))
            return;
        LoadResult loaded = load(values);
        result_.plugin_failed = result_.plugin_failed || loaded.plugin_failed;
        result_.token_variables.insert(loaded.token_variables.begin(), loaded.token_variables.end());
        for (const Diagnostic& found : loaded.diagnostics)
            (found.warning ? result_.warnings : result_.errors).add(to_text(found), row.number, place(row.line));
        if (has_errors(loaded.diagnostics))
            ++result_.wrong_rows;
        else if (!request_.every_row)
            memo_.remember(values);
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
    KnownRows known_;
    LoadRequest load_;
    CheckMemo memo_;
    RowCheckResult result_;
    std::vector<std::string> fine_names_; // of the last row that brought its own
    bool header_fine_ = true;
};

} // namespace

RowPlan plan_of(Before before, Resume resume) {
    if (resume == Resume::no || before == Before::never)
        return RowPlan::run;
    if (before == Before::done)
        return RowPlan::done_before;
    return resume == Resume::unfinished ? RowPlan::failed_before : RowPlan::run;
}

RowCheckResult check_rows(const RowCheckRequest& request, KnownRows known) {
    return RowCheck(request, std::move(known)).run();
}

} // namespace ferry
