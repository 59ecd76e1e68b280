#include "app/figure_command.h"

#include "app/headless.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/table_file.h"
#include "widgets/figures/composition.h"
#include "widgets/figures/figure_page.h"
#include "widgets/figures/figure_presets.h"
#include "widgets/figures/figure_recipe.h"
#include "widgets/figures/journal.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>

#include <fmt/format.h>

namespace tercet {
namespace {

constexpr int kDefaultDpi = 300;

Composition compositionIn(const std::string& file) {
    QFile source(QString::fromStdString(file));
    if (!source.open(QIODevice::ReadOnly))
        throw StorageError(
            {.where = file, .what = "the composition cannot be read (" + source.errorString().toStdString() + ")"});
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(source.readAll(), &error);
    if (error.error != QJsonParseError::NoError)
        throw FormatError({.where = fmt::format("{}, byte {}", file, error.offset),
                           .expected = "a composition as JSON",
                           .found = error.errorString().toStdString()});
    if (!document.isObject())
        throw FormatError({.where = file, .expected = "a composition, {\"panels\": […]}", .found = "a list"});
    return compositionFrom(document.object(), QString::fromStdString(file));
}

std::string pagedPresetNames() {
    QStringList names;
    for (const FigurePreset& preset : figurePresets())
        if (preset.pages)
            names << preset.name;
    return names.join(QStringLiteral(", ")).toStdString();
}

/// Before anything is computed for it.
void requireKnownEnding(const std::string& file) {
    const std::string ending = lowered(std::filesystem::path(file).extension().string());
    if (ending == ".pdf" || ending == ".svg" || ending == ".png" || isTableFile(file))
        return;
    throw ParameterError({.where = file,
                          .expected = "a name that ends in .pdf, .svg or .png for the picture, in " +
                                      std::string(kTableEndings) + " for its values",
                          .found = ending.empty() ? "no ending" : ending});
}

void write(const Figure& figure, const std::string& file, double dpi) {
    if (!isTableFile(file)) {
        savePicture(figure.picture, QString::fromStdString(file), dpi);
        fmt::print("{}\n", file);
        return;
    }
    for (const std::filesystem::path& written : writeTables(file, figure.tables()))
        fmt::print("{}\n", written.string());
}

void requirePage(const FigureRequest& request, const FigureData& figureData, const FigureOptions& options) {
    if (request.page == 0)
        return;
    const bool one = request.preset != "all" && request.preset != "compose";
    const FigurePreset* preset = one ? &figurePresetNamed(QString::fromStdString(request.preset)) : nullptr;
    if (!preset || !preset->pages)
        throw ParameterError({.where = "figure " + request.preset,
                              .what = "only the presets " + pagedPresetNames() + " have pages",
                              .remedy = "leave --page out"});
    const int pages = preset->pages(figureData, options);
    if (pages > 0 && (request.page < 1 || request.page > pages))
        throw ParameterError({.where = "figure " + request.preset + ", --page",
                              .expected = pages == 1 ? "1, the only page" : fmt::format("1 to {}", pages),
                              .found = std::to_string(request.page)});
}

void writeAll(const SharedFigureData& figureData, const FigureOptions& options, const QString& folder, double dpi) {
    if (!QFileInfo(folder).suffix().isEmpty() && !QFileInfo(folder).isDir())
        throw ParameterError({.where = "figure all",
                              .expected = "a folder, for a file of each kind and preset",
                              .found = folder.toStdString()});
    if (!QDir().mkpath(folder))
        throw StorageError({.where = folder.toStdString(),
                            .what = "the folder cannot be made",
                            .remedy = "choose another one where you may write"});
    std::vector<Figure> figures;
    const auto add = [&](const FigurePreset& preset, int page) {
        FigureOptions ofPage = options;
        ofPage.page = page;
        figures.push_back(makeFigure(preset, figureData, ofPage));
        QString& name = figures.back().name; // that of its files
        if (page > 0)
            name += QStringLiteral("-%1").arg(page + 1);
        for (const char* ending : {"svg", "pdf", "png", "csv"})
            write(figures.back(),
                  QDir(folder).filePath(QStringLiteral("%1.%2").arg(name, QLatin1String(ending))).toStdString(), dpi);
    };
    for (const FigurePreset& preset : figurePresets())
        try {
            const int pages = preset.pages ? std::max(1, preset.pages(*figureData, options)) : 1;
            for (int page = 0; page < pages; ++page)
                add(preset, page);
        } catch (const MissingError& missing) {
            fmt::print(stderr, "tercet: left out: {}\n", missing.what());
        }
    if (figures.empty())
        throw MissingError({.where = "figure all",
                            .what = "the study has no result that a figure shows",
                            .remedy = "run `tercet run STUDY all` first"});
    const QString page = QDir(folder).filePath(QStringLiteral("index.html"));
    saveWhole(page, figurePage(*figureData, figures).toUtf8());
    fmt::print("{}\n", page.toStdString());
}

} // namespace

std::string figurePresetNames() {
    QStringList names;
    for (const FigurePreset& preset : figurePresets())
        names << preset.name;
    return names.join(QStringLiteral(", ")).toStdString();
}

std::string figureJournalNames() { return journalNames().toStdString(); }

int printRecipe(const std::string& picture) {
    const Headless headless;
    fmt::print("{}\n", readFigureRecipe(QString::fromStdString(picture)).text.trimmed().toStdString());
    return 0;
}

int writeFigures(const FigureRequest& request) {
    const Headless headless;
    if ((request.preset == "compose") != !request.composition.empty())
        throw ParameterError(
            {.where = "figure",
             .expected = "the preset compose together with --composition FILE.json",
             .found = request.composition.empty() ? "no --composition" : "the preset " + request.preset});
    const auto study = Study::open(request.folder);
    FigureOptions options;
    options.widthMm = request.widthMm;
    options.journal = journalNamed(QString::fromStdString(request.journal)).name;
    if (request.journal.empty())
        options.journal.clear();
    if (!request.system.empty())
        options.systems << QString::fromStdString(study->system(request.system).name);
    const double dpi = request.dpi > 0 ? request.dpi : kDefaultDpi;
    if (request.preset != "all")
        requireKnownEnding(request.file);
    if (request.preset == "all") {
        requirePage(request, {}, options);
        writeAll(std::make_shared<const FigureData>(figureDataOf(*study)), options,
                 QString::fromStdString(request.file), dpi);
        return 0;
    }
    const auto figureData = std::make_shared<const FigureData>(figureDataOf(*study));
    requirePage(request, *figureData, options);
    options.page = std::max(0, request.page - 1);
    if (request.preset == "compose") {
        Composition composition = compositionIn(request.composition);
        if (!request.journal.empty())
            composition.journal = options.journal;
        if (request.widthMm > 0)
            composition.widthMm = request.widthMm;
        write(composedFigure(composition, figureData), request.file, dpi);
    } else {
        const FigurePreset& preset = figurePresetNamed(QString::fromStdString(request.preset));
        write(makeFigure(preset, figureData, options), request.file, dpi);
    }
    return 0;
}

} // namespace tercet
