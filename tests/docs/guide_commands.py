"""What becomes of each command that a guide tells its reader to type.

Every command of every guide has its line here; one that has none fails `test_guides.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Typed:
    """A command that is run.

    Attributes:
        more: flags that are added, so that it takes a second instead of minutes or does without
            a camera; a flag that comes twice has its last value.
    """

    more: str = ""


@dataclass(frozen=True)
class Read:
    """A command that is not run: its flags must be known to its program, its files be there.

    Attributes:
        why: what it would need.
        folder: of the repository, in which its files are.
    """

    why: str
    folder: str = ""


@dataclass(frozen=True)
class Guide:
    """A page and its commands.

    Attributes:
        commands: command as on the page, without its comment -> what becomes of it.
        before: what the reader has before they begin: shell commands.
    """

    commands: dict[str, Typed | Read] = field(default_factory=dict)
    before: str = ""


INSTALLS = Read("installs packages")
REALSENSE = Read("needs a RealSense")
PICTURES = Read("needs pictures that are not in the repository; tests that have them run it")
ROOT = Read("needs root")
HERE = Typed()
IMAGES = Typed("--camera images --view none")
"""The command on a folder of images: of one person, who walks up to the camera and leaves."""
BUILT = Read("compiles; tests/device/cpp builds it and types it")
TRAINED = Read("takes minutes; the tests of train/ and quantize/ run it in a small form")
ONE_DOMAIN = (
    '&& sed -i \'/"domains": \\[/,/\\]/c "domains": ["office"],\' site-depot/demo/manifest.json'
)
"""A bundle as if it had learned from one domain: a site is compared with renderings of each."""

GUIDES = {
    "README.md": Guide(
        {
            "make live": Read("makes an environment: a minute"),
            "make test": Read("runs these tests"),
            "pip install -e '.[realsense]'": INSTALLS,
            "rise-edge check examples/frames/colour/01.jpg --depth examples/frames/depth/01.png "
            "--infrared examples/frames/infrared/01.jpg": HERE,
            "python -m rise_edge.capture --camera realsense": IMAGES,
            "python -m rise_edge.capture --camera images/": Typed("--view none"),
            "python -m rise_edge.capture --camera simulated --sessions 40 --view none --events -": Typed(
                "--sessions 1"
            ),
            "pip install -e '.[kiosk]'": INSTALLS,
            "python -m rise_edge.capture --camera realsense:SERIAL --view web --events "
            "events.jsonl --audit audit.db --monitor 9180": Typed(
                "--camera images --web 0 --monitor 0 --pace fast"
            ),
            "pip install -e '.[quantize]'": INSTALLS,
            "python train/train.py --out runs/demo": TRAINED,
            "python quantize/qat.py runs/demo bundles/demo": TRAINED,
            "python -m rise_edge.selftest bundles/demo": Typed("--runtime onnx"),
        },
        before="mkdir bundles && cp -r rise_edge/models/demo bundles/demo",
    ),
    "calibration/README.md": Guide(
        {
            "python calibration/register_sensors.py board board.pdf": HERE,
            "python calibration/register_sensors.py simulate site-views": Typed("--views 16"),
            "python calibration/register_sensors.py --camera site-views --square-mm 38.0": HERE,
            "python calibration/measure_scatter.py path/to/bundle": Read("takes 15 minutes"),
            "python calibration/collect_sessions.py people.jsonl --camera realsense --bundle "
            "path/to/bundle "
            "--sessions 100": REALSENSE,
            "python calibration/choose_radius.py people.jsonl --bundle path/to/bundle --bpcer 0.05 "
            "--confidence 0.95 --sign owner.key": Read("needs people; the walk below runs it"),
            "python -m rise_edge.capture --camera realsense --bundle path/to/bundle --site "
            "path/to/bundle.site.json --public-key owner.pub": REALSENSE,
            "python calibration/leave_people_out.py docs/real_sets/kinect2_faces --pictures "
            "../shared/real --people 4": PICTURES,
            "mkdir -p site-depot keys && cp -r rise_edge/models/demo site-depot/demo": Typed(
                ONE_DOMAIN
            ),
            "rise-edge keygen keys/owner && rise-edge sign site-depot/demo --key keys/owner.key": HERE,
            "python calibration/collect_sessions.py site-depot/people.jsonl --bundle "
            "site-depot/demo "
            "--simulated depot --sessions 100": Typed("--sessions 2"),
            "python calibration/collect_sessions.py site-depot/attacks.jsonl --bundle "
            "site-depot/demo "
            "--simulated depot --sessions 132 --attacks": Typed("--sessions 1"),
            "python calibration/choose_radius.py site-depot/people.jsonl --bundle site-depot/demo "
            "--attacks site-depot/attacks.jsonl --sign keys/owner.key "
            "--picture site-depot/radius.png": Typed("--bpcer 0.5 --confidence 0.5"),
            "python -m rise_edge.capture --bundle site-depot/demo --site site-depot/demo.site.json "
            "--public-key keys/owner.pub --sessions 60 --view web": Typed(
                "--camera images --web 0 --pace fast"
            ),
        },
    ),
    "docs/second-opinion.md": Guide(
        {
            "python -m rise_edge.capture --camera realsense "
            "--second-opinion 2.7_80x80_MiniFASNetV2.onnx "
            "--second-opinion 4_0_0_80x80_MiniFASNetV1SE.onnx": Read("needs others' weights"),
            "git clone https://github.com/minivision-ai/Silent-Face-Anti-Spoofing": Read(
                "needs the network"
            ),
            "python quantize/export_minifasnet.py Silent-Face-Anti-Spoofing second-opinion": Read(
                "tests/quantize exports such weights"
            ),
        }
    ),
    "device/android/README.md": Guide(
        {
            "git clone --recurse-submodules https://github.com/pytorch/executorch && cd executorch": Read(
                "needs the network"
            ),
            "./install_executorch.sh": Read("another project's"),
            "for abi in arm64-v8a x86_64; do": Read("another project's"),
            "cmake -B cmake-out-$abi "
            "-DCMAKE_TOOLCHAIN_FILE=$ANDROID_NDK/build/cmake/android.toolchain.cmake "
            "-DANDROID_ABI=$abi -DANDROID_PLATFORM=android-28 -DCMAKE_BUILD_TYPE=Release "
            "-DCMAKE_INSTALL_PREFIX=$HOME/executorch-android/$abi -DEXECUTORCH_BUILD_XNNPACK=ON "
            "-DEXECUTORCH_BUILD_EXTENSION_MODULE=ON -DEXECUTORCH_BUILD_EXTENSION_TENSOR=ON "
            "-DEXECUTORCH_BUILD_EXTENSION_DATA_LOADER=ON "
            "-DEXECUTORCH_BUILD_EXTENSION_FLAT_TENSOR=ON "
            "-DEXECUTORCH_BUILD_EXTENSION_NAMED_DATA_MAP=ON "
            "-DEXECUTORCH_BUILD_KERNELS_OPTIMIZED=ON -DEXECUTORCH_BUILD_KERNELS_QUANTIZED=ON": Read(
                "needs Android's NDK"
            ),
            "cmake --build cmake-out-$abi --target install -j": Read("needs Android's NDK"),
            "done": Read("another project's"),
        },
    ),
    "device/cpp/README.md": Guide(
        {
            "pip install executorch==1.5.1 torch==2.13.0 cmake": INSTALLS,
            'cmake -S device/cpp -B build -DRISE_PYTHON="$(which python)"': BUILT,
            "cmake --build build --parallel": BUILT,
            "build/selftest rise_edge/models/demo": BUILT,
            'cmake --install build --prefix "$HOME/rise_edge"': BUILT,
            "cmake -S device/cpp/examples/installed -B build-door "
            '-DCMAKE_PREFIX_PATH="$HOME/rise_edge"': BUILT,
            "cmake --build build-door": BUILT,
            "build-door/door rise_edge/models/demo": BUILT,
        },
    ),
    "device/ios/README.md": Guide(
        {
            "git clone --recurse-submodules https://github.com/pytorch/executorch && cd executorch": Read(
                "needs the network"
            ),
            "python3 -m venv .venv && . .venv/bin/activate && ./install_executorch.sh": Read(
                "another project's"
            ),
            "path/to/rise_edge/device/ios/build_core.sh .": Read("needs a Mac"),
        }
    ),
    "device/jetson/README.md": Guide(
        {
            "python quantize/export_targets.py runs/demo targets/ --targets tensorrt": TRAINED,
            "python device/jetson/static_check.py targets/model_tensorrt.onnx": Read(
                "tests/device/jetson exports such a file and checks it"
            ),
            "python device/jetson/bundle.py bundles/demo targets/ bundles/jetson": Read(
                "tests/device/jetson makes such a bundle"
            ),
            "python device/jetson/check.py bundles/jetson": Read("needs a Jetson"),
            "python -m rise_edge.selftest bundles/jetson --runtime tensorrt": Read(
                "needs a Jetson"
            ),
            "python -m rise_edge.capture --bundle bundles/jetson --runtime tensorrt "
            "--camera realsense:SERIAL": Read("needs a Jetson"),
        },
    ),
    "device/kiosk/README.md": Guide(
        {
            "apt-get install git python3-venv": ROOT,
            "useradd --system --create-home --home-dir /var/lib/rise-edge "
            "--shell /usr/sbin/nologin rise-edge": ROOT,
            "mkdir -p /opt/rise-edge /etc/rise-edge": ROOT,
            "git clone URL_OF_THIS_PROJECT /opt/rise-edge/source": ROOT,
            "/usr/bin/python3 -m venv /opt/rise-edge/venv": ROOT,
            "/opt/rise-edge/venv/bin/pip install --no-deps --require-hashes "
            "-r /opt/rise-edge/source/requirements/kiosk.txt": ROOT,
            "/opt/rise-edge/venv/bin/pip install --no-deps --no-build-isolation "
            "/opt/rise-edge/source": ROOT,
            "ln -s /opt/rise-edge/venv/bin/rise-edge /usr/local/bin/rise-edge": ROOT,
            "rise-edge selftest": Typed("--runtime onnx"),
            "rise-edge capture --camera simulated --sessions 5": IMAGES,
            "cp /opt/rise-edge/source/device/kiosk/99-rise-edge-realsense.rules "
            "/etc/udev/rules.d/": ROOT,
            "udevadm control --reload && udevadm trigger": ROOT,
            "rise-edge capture --list-cameras": HERE,
            "rise-edge capture --camera realsense:SERIAL --seconds 60": IMAGES,
            "cd /opt/rise-edge/source/device/kiosk": ROOT,
            "cp kiosk.toml /etc/rise-edge/": Read("needs root", "device/kiosk"),
            "cp rise-edge-kiosk.service rise-edge-prune.service rise-edge-prune.timer "
            "/etc/systemd/system/": Read("needs root", "device/kiosk"),
            "nano /etc/rise-edge/kiosk.toml": ROOT,
            "systemctl daemon-reload": ROOT,
            "systemctl enable --now rise-edge-kiosk rise-edge-prune.timer": Read(
                "needs root", "device/kiosk"
            ),
            "systemctl status rise-edge-kiosk": ROOT,
            "rise-edge capture --config /etc/rise-edge/kiosk.toml --print-config": Read(
                "tests/device/test_kiosk_units.py reads the file"
            ),
            "chromium --kiosk --noerrdialogs --disable-session-crashed-bubble "
            "http://127.0.0.1:8350/": Read("needs a screen"),
            "(umask 077; head -c 24 /dev/urandom | base64 | tr +/ -_ > /etc/rise-edge/token); "
            "chown rise-edge /etc/rise-edge/token": ROOT,
            "systemctl restart rise-edge-kiosk": ROOT,
            "rise-edge keygen owner": HERE,
            "rise-edge sign bundles/door --key owner.key --version 3": HERE,
            "rise-edge verify bundles/door --public-key owner.pub": HERE,
        },
        before="mkdir bundles && cp -r rise_edge/models/demo bundles/door",
    ),
    "device/parity/README.md": Guide(
        {
            "apt-get install qemu-user-static": ROOT,
            "python device/parity/same_bits.py": Read("imitates processors: minutes"),
            "python device/parity/same_bits.py --golden runs/demo/qat/golden_large.npz": Read(
                "imitates processors: a quarter of an hour"
            ),
        },
    ),
    "docs/embed.md": Guide(
        {
            "cmake -S device/cpp -B build && cmake --build build --parallel": BUILT,
            "python device/cpp/examples/frames.py one frame": HERE,
            "build/check rise_edge/models/demo frame/colour.rgb frame/depth.u16 frame/infrared.u8 "
            "$(cat frame/face.txt)": BUILT,
            "python device/cpp/examples/frames.py stream | build/watch rise_edge/models/demo": BUILT,
            "python -m rise_edge.selftest BUNDLE": Typed("--runtime onnx"),
            "build/selftest BUNDLE executorch": BUILT,
        },
        before="ln -s rise_edge/models/demo BUNDLE",
    ),
    "examples/README.md": Guide(
        {
            "python examples/quickstart.py": HERE,
            "python examples/sessions.py": Read("runs until it is stopped; tests/examples runs it"),
            "rise-edge check examples/frames/colour/01.jpg --depth examples/frames/depth/01.png "
            "--infrared examples/frames/infrared/01.jpg": HERE,
            "rise-edge capture --camera examples/frames": Typed("--view none"),
            "cc -std=c11 -I device/cpp/include examples/quickstart.c -L build -lrise_edge "
            "-Wl,-rpath,build -o build/quickstart": BUILT,
            "python device/cpp/examples/frames.py stream --frames 60 | build/quickstart "
            "rise_edge/models/demo": BUILT,
        },
    ),
    "examples/frames/README.md": Guide(
        {"python examples/make_frames.py": Typed("--out again")},
    ),
    "docs/real.md": Guide(
        {
            "python docs/real.py --pictures ../shared/real": PICTURES,
            "rise-edge evaluate SET... --bundle path/to/bundle --out runs/real": Read(
                "needs a set; tests/evaluation makes one"
            ),
        },
    ),
    "quantize/README.md": Guide(
        {
            "pip install -e '.[quantize]'": INSTALLS,
            "python quantize/qat.py runs/demo bundles/demo": TRAINED,
            "python quantize/qat.py runs/demo bundles/ptq --ptq": TRAINED,
            "python quantize/export_targets.py runs/demo targets/": TRAINED,
            "python quantize/export_onnx.py runs/large bundles/large": TRAINED,
        },
    ),
    "rise_edge/capture/README.md": Guide(
        {
            "rise-edge import FILE.mp4 DIR": Read("rise_edge/importers/README.md types one"),
            "python -m rise_edge.capture --camera DIR --modalities colour": IMAGES,
            "python -m rise_edge.capture --camera realsense --audit audit.db": IMAGES,
            "rise-edge audit list audit.db --last 50 --verdict UNDECIDED --since 2026-03-01": HERE,
            "rise-edge audit export audit.db --format csv --out march.csv": HERE,
            "rise-edge audit prune audit.db --older-than 90 --dry-run": HERE,
            "python -m rise_edge.capture --camera realsense --monitor 9180": Typed(
                "--camera images --view none --monitor 0"
            ),
            "curl localhost:9180/health": Read(
                "of a program that runs; tests/kiosk/web/test_monitor.py asks it"
            ),
            "python -m rise_edge.capture --camera realsense --bundle path/to/bundle --site "
            "path/to/bundle.site.json --monitor 9180": Read(
                "needs a calibrated site; calibration/README.md's walk runs one"
            ),
            "python -m rise_edge.capture --camera realsense --keep-evidence evidence "
            "--keep-days 30 --keep-mb 1000": Typed("--camera images --view none --keep all"),
            'rise-edge evidence show "$(ls evidence/*.zip | tail -n 1)" --picture newest.png': HERE,
            "pip install -e '.[web]'": INSTALLS,
            "python -m rise_edge.capture --camera realsense --view web": Typed(
                "--camera images --web 0 --pace fast"
            ),
            "(umask 077; python -c 'import secrets; print(secrets.token_urlsafe())' > token)": HERE,
            "python -m rise_edge.capture --view web --web 0.0.0.0:8350 --web-token-file token": Typed(
                "--camera images --web 0.0.0.0:0 --pace fast"
            ),
            "python -m rise_edge.soak": Read("takes 15 minutes; the next line is a short one"),
            "python -m rise_edge.soak --frames 5000 --seed 3 --json soak.json": Read(
                "its bar of memory needs thousands of frames; tests/soak runs it"
            ),
        },
    ),
    "rise_edge/importers/README.md": Guide(
        {
            "pip install -e '.[import]'": INSTALLS,
            "rise-edge import session.bag from-bag": Read(
                "tests/importers/bag/test_bag.py runs it"
            ),
            "rise-edge import rgbd_dataset_freiburg1_desk from-tum": Read(
                "tests/importers/tum/test_tum.py runs it"
            ),
            "rise-edge import portrait.heic from-heic": Read(
                "needs an iPhone; tests/importers/heic/test_heic.py runs it"
            ),
            "rise-edge import clip.mp4 from-clip": HERE,
            "rise-edge import photo.jpg from-photo --depth depth.png --depth-format tum "
            "--intrinsics 525 525 319.5 239.5": HERE,
            "rise-edge capture --camera from-clip --modalities colour": Typed("--view none"),
        },
        before="cp images/colour/000001.png photo.jpg && cp images/depth/000001.png depth.png && "
        "python -c \"import cv2; clip = cv2.VideoWriter('clip.mp4', "
        "cv2.VideoWriter_fourcc(*'mp4v'), 30, (640, 480)); "
        "[clip.write(cv2.imread(f'images/colour/{n:06d}.png')) for n in range(1, 9)]\"",
    ),
    "rise_edge/simulator/README.md": Guide(
        {
            "python -m rise_edge.simulator gallery gallery.png": Typed(
                "--domains office --species bona_fide --size 48"
            ),
            "python -m rise_edge.simulator clip clip.webp": Typed("--species bona_fide --fps 2"),
            "python -m rise_edge.simulator compare docs/real_sets/kinect2_faces --pictures "
            "../shared/real --out comparison.png": PICTURES,
        }
    ),
    "train/README.md": Guide(
        {
            "pip install -e '.[quantize]'": INSTALLS,
            "python train/train.py --out runs/mine": Typed(
                "--data.domains office lobby --data.crops 16 --data.subjects 8 --data.size 28 "
                "--network.width 4 --epochs 1 --batch-size 16 --precision 32-true --threads 1 "
                "--data.cache cache --data.workers 1"
            ),
            "python quantize/qat.py runs/mine bundles/mine": TRAINED,
            "python train/evaluate.py runs/mine --out runs/mine/unseen --domains night backlit": Read(
                "renders 5,000 crops; tests/train/test_evaluate.py runs it"
            ),
            "python train/relief.py runs/mine --bundle bundles/mine": TRAINED,
            "python train/certificate.py runs/mine": TRAINED,
            "python train/benchmark.py --out runs/benchmark --unseen night backlit --workers 2": TRAINED,
            "pip install -e '.[vit]'": INSTALLS,
            "python train/train.py --out runs/large --network.name vit_b16 --learning-rate 1e-4 "
            "--network.pretrained": Read("needs the network and hours"),
            "python train/train.py --out runs/edge --teacher runs/large": Read("needs a teacher"),
            "python train/gpu_proof.py --minutes 9 --out runs/proof": Read("needs a GPU"),
        },
    ),
    "train/datasets/README.md": Guide(
        {
            "python train/train.py --out runs/mine --data.source manifest --data.manifest data.csv "
            "--data.faces detect": Read("needs data of your own"),
            "python train/benchmark.py --out runs/mmdg --train.data.source mmdg "
            "--train.data.lists LISTS --train.data.images PICTURES": Read("needs licensed data"),
        },
    ),
    "train/measured.md": Guide(
        {
            "python train/benchmark.py --out runs/parts --targets office lobby --seeds 0 --missing "
            "--train.data.crops 1500 --train.data.subjects 150 --rows erm radial invariance "
            "angular mixing shuffling disentanglement recombination denial mmsd rise "
            "--train.data.synergy 1 --train.data.size 56 --train.network.width 24 "
            "--train.epochs 12 --train.augment.light 0 --train.algorithm.weight-angular 0.1 "
            "--train.algorithm.weight-mixing 0.3 --train.algorithm.weight-shuffling 0.3 "
            "--train.algorithm.weight-disentanglement 0.3 "
            "--train.algorithm.weight-recombination 0.3": Read("takes an hour"),
            "python train/benchmark.py --out runs/world --rows erm rise --targets tof stereo "
            "--seeds 0 --missing --train.data.source manifest --train.data.manifest data.csv "
            "--train.data.size 56 --train.network.width 24": Read("needs data of your own"),
            "python train/train.py --out runs/whole --data.crops 2000 --epochs 20 "
            "--algorithm.weight-terms 1 --augment.light 0.8 --augment.shade 0.2 "
            "--augment.colour-gain 0.25 --augment.infrared-gain 0.3 --augment.blur-px 2 "
            "--augment.depth-blur-px 3 --augment.depth-noise-mm 6": TRAINED,
            "python train/train.py --out runs/demo --from runs/whole --data.crops 2000 --epochs 8 "
            "--learning-rate 1e-3 --algorithm.weight-terms 1 --augment.light 0.8 "
            "--augment.shade 0.2 --augment.colour-gain 0.25 --augment.infrared-gain 0.3 "
            "--augment.blur-px 2 --augment.depth-blur-px 3 --augment.depth-noise-mm 6 "
            "--augment.depth-holes 0.6": TRAINED,
            "python quantize/qat.py runs/demo rise_edge/models/demo": TRAINED,
            "python train/evaluate.py runs/demo --out runs/demo/real --real "
            "docs/real_sets/kinect2_faces --pictures ../shared/real": PICTURES,
        },
    ),
}

OTHERS = frozenset(
    {"SECURITY.md", "docs/measured.md", "docs/threat-model.md", "device/web/README.md"}
)
"""Pages without commands, or typed by another test."""
