#include "widgets/figures/figure_recipe.h"

#include "core/base/error.h"
#include "core/pipeline/pipeline.h"

#include <QFile>
#include <QFileInfo>
#include <QImageReader>
#include <QJsonArray>
#include <QJsonDocument>
#include <QXmlStreamReader>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace tercet {
namespace {

constexpr qint64 kLargestFile = qint64{1} << 28;
constexpr qsizetype kLargestRecipe = qsizetype{1} << 24;

QString ending(const QString& path) { return QFileInfo(path).suffix().toLower(); }

QByteArray contentOf(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        throw StorageError({.where = path.toStdString(),
                            .what = "the picture cannot be read (" + file.errorString().toStdString() + ")"});
    return file.size() > kLargestFile ? QByteArray() : file.readAll();
}

QString recipeOfSvg(const QByteArray& svg) {
    QXmlStreamReader reader(svg);
    while (!reader.atEnd())
        if (reader.readNext() == QXmlStreamReader::StartElement && reader.name() == QLatin1String("desc"))
            return reader.readElementText(QXmlStreamReader::IncludeChildElements);
    return {};
}

/// The number that follows `key` in a PDF dictionary; an indirect one ("12 0 R") is looked up.
qsizetype pdfNumber(const QByteArray& pdf, const QByteArray& dictionary, const QByteArray& key) {
    const qsizetype at = dictionary.indexOf(key);
    if (at < 0)
        return -1;
    const QList<QByteArray> words = dictionary.mid(at + key.size(), 40).simplified().split(' ');
    bool isNumber = false;
    const qsizetype number = words.value(0).toLongLong(&isNumber);
    if (!isNumber || words.value(2).left(1) != "R")
        return isNumber ? number : -1;
    const QByteArray object = "\n" + words[0] + ' ' + words.value(1) + " obj";
    const qsizetype place = pdf.indexOf(object);
    return place < 0 ? -1 : pdf.mid(place + object.size(), 24).simplified().split(' ').value(0).toLongLong(&isNumber);
}

QByteArray inflated(const QByteArray& zlib) {
    // qUncompress wants a guess of the size first, which it enlarges.
    const QByteArray sized("\0\0\x40\0", 4);
    return zlib.size() > kLargestRecipe ? QByteArray() : qUncompress(sized + zlib);
}

/// Of the files attached to a PDF (/EF <</F 28 0 R>>) the one that is a recipe.
QString recipeOfPdf(const QByteArray& pdf) {
    for (qsizetype at = pdf.indexOf("/EF"); at >= 0; at = pdf.indexOf("/EF", at + 1)) {
        const qsizetype reference = pdf.indexOf("/F ", at + 3);
        if (reference < 0)
            break;
        const QList<QByteArray> words = pdf.mid(reference + 3, 40).simplified().split(' ');
        const QByteArray object = "\n" + words.value(0) + ' ' + words.value(1) + " obj";
        const qsizetype begin = pdf.indexOf(object);
        const qsizetype stream = pdf.indexOf("stream", begin);
        const qsizetype end = pdf.indexOf("endobj", begin);
        if (begin < 0 || stream < 0 || end < stream)
            continue;
        const QByteArray dictionary = pdf.mid(begin, stream - begin);
        const qsizetype length = pdfNumber(pdf, dictionary, "/Length");
        qsizetype start = stream + 6;
        start += pdf.mid(start, 2) == "\r\n" ? 2 : 1;
        if (length < 0 || start + length > pdf.size())
            continue;
        const QByteArray bytes = pdf.mid(start, length);
        const QByteArray text = dictionary.contains("/FlateDecode") ? inflated(bytes) : bytes;
        if (text.contains("\"figure\""))
            return QString::fromUtf8(text);
    }
    return {};
}

Task taskOf(const QJsonObject& result) {
    return {result[QStringLiteral("step")].toString().toStdString(),
            result[QStringLiteral("system")].toString().toStdString(),
            result[QStringLiteral("subject")].toString().toStdString()};
}

} // namespace

bool mayHoldRecipe(const QString& path) {
    return QStringList{QStringLiteral("svg"), QStringLiteral("pdf"), QStringLiteral("png")}.contains(ending(path));
}

FigureRecipe readFigureRecipe(const QString& path) {
    const std::string where = path.toStdString();
    QString text;
    if (ending(path) == QLatin1String("svg")) {
        text = recipeOfSvg(contentOf(path));
    } else if (ending(path) == QLatin1String("pdf")) {
        text = recipeOfPdf(contentOf(path));
    } else if (ending(path) == QLatin1String("png")) {
        (void)contentOf(path);
        text = QImageReader(path).text(QStringLiteral("Description"));
    } else {
        throw ParameterError({.where = where,
                              .expected = "a picture that ends in .pdf, .svg or .png",
                              .found = ending(path).isEmpty() ? "no ending" : "." + ending(path).toStdString()});
    }
    if (!text.contains(QLatin1String("\"figure\"")) || text.size() > kLargestRecipe)
        throw MissingError(
            {.where = where,
             .what = "the picture has no recipe of Tercet in it",
             .remedy = "save it again from the study it shows; programs that edit pictures may drop it"});
    QJsonParseError error;
    const QJsonObject json = QJsonDocument::fromJson(text.toUtf8(), &error).object();
    FigureRecipe recipe;
    recipe.text = text;
    recipe.figure = json[QStringLiteral("figure")].toString();
    recipe.program = json[QStringLiteral("program")].toString();
    const QJsonObject study = json[QStringLiteral("study")].toObject();
    recipe.studyId = study[QStringLiteral("id")].toString();
    recipe.studyTitle = study[QStringLiteral("title")].toString();
    recipe.options = json[QStringLiteral("options")].toObject();
    if (error.error != QJsonParseError::NoError || recipe.figure.isEmpty() || recipe.studyId.isEmpty())
        throw FormatError({.where = where,
                           .what = "the recipe in the picture is damaged",
                           .remedy = "save the picture again from the study it shows"});
    for (const auto& value : json[QStringLiteral("results")].toArray()) {
        const QJsonObject object = value.toObject();
        FigureRecipe::Result result{object[QStringLiteral("key")].toString().toStdString(), taskOf(object), {}};
        const QJsonObject parameters = object[QStringLiteral("parameters")].toObject();
        for (auto each = parameters.begin(); each != parameters.end(); ++each)
            result.parameters[each.key().toStdString()] = each.value().toString().toStdString();
        recipe.results.push_back(std::move(result));
    }
    return recipe;
}

QStringList recipeChanges(const FigureRecipe& recipe, const FigureData& figureData) {
    QStringList changes;
    for (const FigureRecipe::Result& result : recipe.results) {
        const QString systemName = QString::fromStdString(result.task.system);
        const FigureSystem* system = systemName.isEmpty() ? nullptr : figureData.system(systemName);
        const QString title = system ? system->title : systemName;
        if (!systemName.isEmpty() && !system) {
            const QString gone = QObject::tr("The study has no system %1.").arg(systemName);
            if (!changes.contains(gone))
                changes << gone;
            continue;
        }
        const QString what = title.isEmpty()
                                 ? QString::fromStdString(result.task.step)
                                 : QObject::tr("%1 of %2").arg(QString::fromStdString(result.task.step), title);
        const FigureResults& results = system ? system->results : figureData.results;
        const auto now = results.find(result.task.step);
        if (now == results.end()) {
            changes << QObject::tr("The result of %1 is gone.").arg(what);
        } else if (now->second.record.key != result.key) {
            QStringList parameters;
            for (const auto& [name, value] : now->second.record.parameters)
                if (const auto before = result.parameters.find(name);
                    before != result.parameters.end() && before->second != value)
                    parameters << QStringLiteral("%1 %2 → %3")
                                      .arg(QString::fromStdString(name), QString::fromStdString(before->second),
                                           QString::fromStdString(value));
            changes
                << (parameters.isEmpty()
                        ? QObject::tr("%1 was computed again from other inputs.").arg(what)
                        : QObject::tr("%1 was computed again (%2).").arg(what, parameters.join(QStringLiteral(", "))));
        }
    }
    return changes;
}

} // namespace tercet
