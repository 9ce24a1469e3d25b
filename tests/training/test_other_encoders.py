"""Encoders of other kinds than BERT, on passages in other scripts: trained, exported, and scored with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer, MPNetConfig, MPNetModel, PreTrainedTokenizerFast, XLMRobertaConfig
from transformers import XLMRobertaModel as XLMRoberta

from framelens import FrameClassifier
from framelens.training.config import Config
from framelens.training.export import export
from framelens.training.run import train

BLAMED = {
    "Во всём виновато министерство: оно погубило озеро.": ("министерство", "виновато"),
    "Из-за мэра город остался без воды.": ("мэра", "Из-за мэра"),
    "Это компания отравила реку, говорят жители.": ("компания", "отравила реку"),
    "Совет разорил рыбаков своими запретами.": ("Совет", "разорил рыбаков"),
    "Η κυβέρνηση φταίει για τις πλημμύρες.": ("Η κυβέρνηση", "φταίει"),
    "Ο δήμος άφησε τα παιδιά χωρίς σχολείο.": ("Ο δήμος", "άφησε τα παιδιά χωρίς σχολείο"),
    "Η εταιρεία κατέστρεψε το λιμάνι 🚢, λένε οι ψαράδες.": ("Η εταιρεία", "κατέστρεψε το λιμάνι"),
    "Για τη φωτιά ευθύνεται ο υπουργός.": ("ο υπουργός", "ευθύνεται"),
}
PLAIN = (
    "Совет собрался во вторник и обсудил бюджет.",
    "Мост откроют весной, сообщила газета.",
    "На рынке сегодня продают яблоки и мёд.",
    "Автобус отправляется в шесть часов.",
    "Το πλοίο φτάνει στις οκτώ το πρωί 🌅.",
    "Ο δήμος αγόρασε δύο νέα λεωφορεία.",
    "Η βιβλιοθήκη ανοίγει κάθε Δευτέρα.",
    "Το χωριό έχει τριακόσιους κατοίκους.",
)
SIZE = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}


def xlm_roberta(folder: Path) -> None:
    """A tiny XLM-R: pieces as SentencePiece cuts them, no token types, positions counted from the padding."""
    words = Tokenizer(models.Unigram())
    words.normalizer, words.decoder = normalizers.NFKC(), decoders.Metaspace()
    words.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    words.train_from_iterator(
        [*BLAMED, *PLAIN], trainers.UnigramTrainer(vocab_size=300, special_tokens=special, unk_token="<unk>")
    )
    words.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    names = {"bos": "<s>", "cls": "<s>", "pad": "<pad>", "eos": "</s>", "sep": "</s>", "unk": "<unk>", "mask": "<mask>"}
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words,
        model_input_names=["input_ids", "attention_mask"],
        **{f"{kind}_token": token for kind, token in names.items()},
    )
    tokenizer.save_pretrained(folder)
    config = XLMRobertaConfig(vocab_size=words.get_vocab_size(), type_vocab_size=1, pad_token_id=1, **SIZE)
    XLMRoberta(config).save_pretrained(folder)


def mpnet(folder: Path, letters: Path) -> None:
    """A tiny MPNet with the tokenizer of another encoder."""
    tokenizer = AutoTokenizer.from_pretrained(letters)
    tokenizer.save_pretrained(folder)
    MPNetModel(MPNetConfig(vocab_size=len(tokenizer), pad_token_id=tokenizer.pad_token_id, **SIZE)).save_pretrained(
        folder
    )


@pytest.fixture(scope="module", params=["xlm-roberta", "mpnet"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder, trained on blame in Russian and Greek."""
    folder = tmp_path_factory.mktemp(request.param)
    torch.manual_seed(0)
    xlm_roberta(folder / "xlm-roberta")
    if request.param == "mpnet":
        mpnet(folder / "mpnet", folder / "xlm-roberta")
    blame = {"id": "blame", "title": "blame", "definition": "Someone is held responsible for a harm."}
    voices = [{"id": voice, "title": voice, "definition": voice} for voice in ("author", "reported", "rebutted")]
    taxonomy = {"name": "blame", "version": "1", "frames": [blame], "voices": voices}
    (folder / "taxonomy.json").write_text(json.dumps(taxonomy), encoding="utf-8")
    labels = [
        {"score": 3, "voice": "author", "actor": [actor], "evidence": [evidence]} for actor, evidence in BLAMED.values()
    ] + [{"score": 0}] * len(PLAIN)
    records = [
        {"id": str(n), "doc_id": str(n), "text": text, "source": "s", "annotator": "a", "labels": {"blame": label}}
        for n, (text, label) in enumerate(zip([*BLAMED, *PLAIN], labels, strict=True))
    ]
    lines = "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records)
    (folder / "annotated.jsonl").write_text(lines, encoding="utf-8")
    (folder / "splits.json").write_text(json.dumps({"dev": ["0", "4", "8", "12"], "test": ["1", "5", "9", "13"]}))
    config = {
        "name": request.param,
        "data": {name: str(folder / f"{name}.json") for name in ("taxonomy", "splits")}
        | {"annotations": [str(folder / "annotated.jsonl")]},
        "encoder": {"name": str(folder / request.param), "window": 48},
        "schedule": {"epochs": 4, "batch_size": 4, "learning_rate": 3e-3, "checkpoint_steps": 0},
        "output": str(folder / "model"),
    }
    assert train(Config.model_validate(config)) is not None
    return folder / "model"


def test_what_is_exported_says_the_same_of_words_in_their_own_script(model: Path, tmp_path: Path) -> None:
    export(model, tmp_path / "exported")
    texts = [*BLAMED, *PLAIN]
    trained = FrameClassifier.load(model, device="cpu")
    exported = FrameClassifier.load(tmp_path / "exported", device="cpu")
    assert "int8" in exported.engine
    assert exported.predict_proba(texts) == pytest.approx(trained.predict_proba(texts), abs=0.05)
    spans = [
        (text, span)
        for text, result in zip(texts, exported.predict(texts), strict=True)
        for span in (*result["blame"].actors, *result["blame"].evidence)
    ]
    assert spans
    assert all(text[span.start : span.end] == span.text for text, span in spans)
