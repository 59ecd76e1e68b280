#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace tercet {

/// Spearman correlations of one sequence with several models at once. Ranks are exact, equal values get the average of
/// theirs.
class RankCorrelation {
public:
    /// What correlate() works in; one per thread.
    class Workspace {
    public:
        Workspace();
        ~Workspace();
        Workspace(Workspace&&) noexcept;
        Workspace& operator=(Workspace&&) noexcept;

    private:
        friend class RankCorrelation;
        struct Buffers;
        std::unique_ptr<Buffers> m_buffers;
    };

    /// `models`: sequences of one length, at least two values each. Throws DataError if a model is constant, holds what
    /// is not finite or has another length (its number from 1).
    explicit RankCorrelation(const std::vector<std::vector<double>>& models);
    ~RankCorrelation();
    RankCorrelation(RankCorrelation&&) noexcept;
    RankCorrelation& operator=(RankCorrelation&&) noexcept;

    [[nodiscard]] std::size_t models() const;
    [[nodiscard]] std::size_t length() const;
    /// rho(m): the correlation with model m, good to 1e-12; NaN for all if `values` (finite, length()) are all equal.
    /// Time O(length) where values are spread, O(length log length) at worst. Any thread with a workspace of its own.
    void correlate(std::span<const double> values, Workspace& workspace, std::span<double> rho) const;

private:
    struct Models;
    std::unique_ptr<const Models> m_models;
};

/// Ranks from 1, equal values with the average of theirs.
[[nodiscard]] std::vector<double> averageRanks(std::span<const double> values);

} // namespace tercet
