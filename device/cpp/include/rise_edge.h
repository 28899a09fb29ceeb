/*
 * rise_edge: a face presentation attack detection bundle inside a C, C++, Swift or Kotlin program.
 *
 *     rise_open -> rise_check(frame, face) -> LIVE, SPOOF, or UNDECIDED with its reason -> rise_close
 *
 * Every function that can fail gives a rise_status and leaves its reason in rise_last_error(). No
 * exception leaves the library, no pointer that you pass is kept after the call, and what is written
 * to an output after a failure is UNDECIDED and zero. Zeroed memory is never LIVE.
 *
 * Structures that begin with `size` may get more fields at their end in later versions. `size` tells the
 * library how many bytes your header has: set it to sizeof the structure before every call, for outputs
 * too. C++ sets it by itself. A newer library serves programs that were compiled with an older header;
 * any other size is RISE_ERROR_ARGUMENT. All other structures stay as they are while RISE_ABI does.
 *
 * One checker belongs to one thread at a time; different checkers may run side by side.
 */
#ifndef RISE_EDGE_H
#define RISE_EDGE_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define RISE_API __declspec(dllexport)
#else
#define RISE_API __attribute__((visibility("default")))
#endif

/* Number of the binary interface. Programs that were compiled with another one must be compiled again. */
#define RISE_ABI 1

#ifdef __cplusplus
#define RISE_INT32 : int32_t /* so that a value of no name may come in, and is refused */
#define RISE_SIZE_OF(structure) uint32_t size = sizeof(structure)
extern "C" {
#else
#define RISE_INT32
#define RISE_SIZE_OF(structure) uint32_t size
#endif

/* What a call came to. */
typedef enum rise_status RISE_INT32 {
  RISE_OK = 0,
  RISE_ERROR_ARGUMENT = 1,   /* a null pointer, a wrong size, an unknown value */
  RISE_ERROR_BUNDLE = 2,     /* missing, incomplete, altered, unknown format, not the owner's, too old */
  RISE_ERROR_RUNTIME = 3,    /* this build has no such runtime, or the runtime refuses the model */
  RISE_ERROR_MODALITIES = 4, /* no radius was calibrated for these modalities */
  RISE_ERROR_MEMORY = 5,     /* memory ran out */
  RISE_ERROR_INTERNAL = 6    /* anything else; the message says what */
} rise_status;

/* What runs the bundle's model. */
typedef enum rise_runtime RISE_INT32 {
  RISE_EXECUTORCH = 0, /* model.pte, int8 on XNNPACK */
  RISE_ONNX = 1,       /* model.onnx, int8 on onnxruntime */
  RISE_ONNX_FLOAT = 2  /* model_float.onnx, full precision on onnxruntime */
} rise_runtime;

/* Bits of a set of modalities. */
enum { RISE_COLOUR = 1, RISE_DEPTH = 2, RISE_INFRARED = 4 };

/* The three answers. */
typedef enum rise_outcome RISE_INT32 { RISE_UNDECIDED = 0, RISE_LIVE = 1, RISE_SPOOF = 2 } rise_outcome;

/* Why there is no decision. The names are those of Python's `rise_edge.decision.verdict.Reason`. */
typedef enum rise_reason RISE_INT32 {
  RISE_NO_REASON = 0,
  RISE_MISSING_MODALITY = 1,
  RISE_DEPTH_COVERAGE = 2,
  RISE_TOO_DARK = 3,
  RISE_TOO_BRIGHT = 4,
  RISE_INFRARED_SATURATED = 5,
  RISE_OUT_OF_FRAME = 6,
  RISE_TOO_FAR = 7,
  RISE_BAD_NUMBERS = 8,
  RISE_NO_FACE = 9,
  RISE_FROZEN_STREAM = 10,
  RISE_UNSTEADY = 11,     /* the face does not stand yet, or looks otherwise than a frame before */
  RISE_FACE_CHANGED = 12,
  RISE_FACE_LEFT = 13,
  RISE_INCONSISTENT = 14, /* readings enough, and they leave it open */
  RISE_TIME_OUT = 15,
  RISE_UNFINISHED = 16,   /* ours alone: a session has nothing to say yet */
  RISE_COLOUR_ALONE = 17, /* nothing but colour was required, which is no evidence by itself */
  RISE_TURNED = 18,       /* rolled by more than 25 degrees, or upside down */
  RISE_LOCKED_OUT = 19    /* after repeated SPOOF nobody is judged for a while */
} rise_reason;

/* How a picture's pixels are laid out. */
typedef enum rise_format RISE_INT32 {
  RISE_RGB8 = 0,       /* one plane, 3 bytes a pixel */
  RISE_RGBA8 = 1,      /* one plane, 4 bytes a pixel */
  RISE_BGRA8 = 2,      /* one plane, 4 bytes a pixel: kCVPixelFormatType_32BGRA */
  RISE_YUV420_FULL = 3,  /* planes Y, U, V; full range BT.601 as in JFIF: Android's YUV_420_888 */
  RISE_YUV420_VIDEO = 4, /* planes Y, U, V; video range (16 to 235) BT.601 */
  RISE_GREY8 = 16,     /* infrared, 1 byte a pixel */
  RISE_GREY16 = 17,    /* infrared, 2 bytes a pixel; the upper byte counts, so scale the numbers of a
                        * time-of-flight camera: faces should have a median grey of 60 to 100 there */
  RISE_DEPTH_MM_U16 = 32,       /* millimetres, 0 and 65535 = no reading: RealSense, ARCore */
  RISE_DEPTH16_ANDROID = 33,    /* ImageFormat.DEPTH16: 13 bits of millimetres, 3 of confidence */
  RISE_DEPTH_METRES_F32 = 34,   /* kCVPixelFormatType_DepthFloat32 */
  RISE_DEPTH_METRES_F16 = 35,   /* kCVPixelFormatType_DepthFloat16 */
  RISE_DISPARITY_F32 = 36,      /* kCVPixelFormatType_DisparityFloat32: one over metres */
  RISE_DISPARITY_F16 = 37       /* kCVPixelFormatType_DisparityFloat16 */
} rise_format;

/* Where one component of a picture lies. NV12 and NV21 are YUV420 whose U and V planes begin one
 * byte apart and have a pixel_stride of 2. */
typedef struct rise_plane {
  const void *data;
  int64_t size_bytes;   /* that may be read from data on; nothing is read beyond it */
  int32_t row_stride;   /* bytes from one row to the next; 0 = rows lie close */
  int32_t pixel_stride; /* bytes from one sample to the next; 0 = the format's own */
} rise_plane;

/* Where a picture was taken from: a pinhole camera, placed relative to the frame's depth camera. A
 * point p in the depth camera's coordinates (x right, y down, z forward) is rotation * p +
 * translation_mm here. A rotation of only zeros stands for none, as for sensors whose pictures are
 * registered already. */
typedef struct rise_viewpoint {
  double fx, fy, cx, cy; /* in pixels of this picture as it was delivered */
  double rotation[9];    /* row by row */
  double translation_mm[3];
} rise_viewpoint;

/* One picture of a sensor. */
typedef struct rise_image {
  RISE_SIZE_OF(rise_image);
  rise_format format;
  int32_t width, height;
  rise_plane planes[3];
  rise_viewpoint viewpoint;
} rise_image;

/* Pictures of one instant; NULL where a modality is absent. Colour must be there. */
typedef struct rise_frame {
  RISE_SIZE_OF(rise_frame);
  const rise_image *colour;
  const rise_image *depth;
  const rise_image *infrared;
  int32_t rotation_deg; /* clockwise, that makes the delivered pictures upright: 0, 90, 180, 270 */
  int32_t mirrored;     /* not 0: the upright picture is then flipped left to right */
} rise_frame;

/* A face, in pixels of the upright (turned, flipped) colour picture. A face that is upside down has
 * its mouth above its eyes. Some detectors give it the keypoints of an upright one: look for a face in
 * the picture turned by 180 degrees too, and believe the one with the higher score. */
typedef struct rise_face {
  float right_eye[2]; /* x, y; the person's own right */
  float left_eye[2];
  float mouth[2]; /* its centre */
} rise_face;

/* What the model reads. The arrays hold size * size pixels, row by row, upright. */
typedef struct rise_crop {
  int32_t size;
  const uint8_t *colour;    /* RGB, 3 bytes a pixel; NULL = absent */
  const uint16_t *depth_mm; /* 0 = no reading; NULL = absent */
  const uint8_t *infrared;  /* NULL = absent */
  float side_px;     /* of the square that was cut, in pixels of its picture; 0 = a prepared crop */
  float outside;     /* share of that square that lies outside the picture */
  float distance_mm; /* of the face, 0 = unknown */
} rise_crop;

/* Where a crop lies relative to the sphere. */
typedef struct rise_reading {
  uint32_t modalities; /* that were read, as bits */
  float norm;          /* length of the embedding: the more evidence of an attack, the longer */
  double radius;       /* of this runtime and these modalities */
  double margin;       /* 1 - norm / radius: at least 0 inside, where live faces lie */
} rise_reading;

/* The answer for a crop, a frame or a session. */
typedef struct rise_verdict {
  RISE_SIZE_OF(rise_verdict);
  rise_outcome outcome;
  rise_reason reason;   /* RISE_NO_REASON unless undecided */
  rise_reading reading; /* zero where nothing was read */
} rise_verdict;

/* What a bundle says of itself. The texts live as long as the checker. */
typedef struct rise_info {
  RISE_SIZE_OF(rise_info);
  int32_t simulated;     /* not 0: the training data was simulated */
  int32_t crop_size;     /* side of a crop in pixels */
  int32_t embedding_size;
  const char *name;
  const char *notice;    /* to be shown at every start; not empty for simulated training data */
  const char *identity;  /* sha256 of the manifest in hexadecimal; stands for the whole bundle */
  const char *runtime;   /* "executorch", "onnx" or "onnx_float" */
} rise_info;

/* How a runtime did on the golden vectors. */
typedef struct rise_proof {
  RISE_SIZE_OF(rise_proof);
  int32_t count;             /* golden vectors */
  double largest_difference; /* largest difference between a norm here and the norm in the file */
  int32_t flips;             /* decisions that differ */
  int32_t holds;             /* 1 iff every decision is the same and every norm is close */
  char line[128];            /* the same in words, as `python -m rise_edge.selftest` prints it */
} rise_proof;

typedef struct rise_checker rise_checker;

/* Version of the library, such as "0.1.0": that of the Python package it was released with. */
RISE_API const char *rise_version(void);

/* RISE_ABI of the library. Where it differs from your header's RISE_ABI, compile your program again. */
RISE_API int32_t rise_abi(void);

/* Open the bundle in a folder: its manifest and the sha256 of every file are checked first, and the
 * model is made of the very bytes that were hashed. `threads` is of the network: 1 is the calling
 * thread alone; more are that many on onnxruntime, and on ExecuTorch the pool of the process. */
RISE_API rise_status rise_open(const char *folder, rise_runtime runtime, int32_t threads,
                               rise_checker **checker);

/* The same for a bundle of which only one owner may be believed: it opens iff its manifest.sig is the
 * Ed25519 signature of the owner of a public key over its manifest, and its version is at least
 * `least_version`. `public_key` points to the 32 bytes that `rise-edge keygen` prints in hexadecimal.
 * A build with neither libsodium nor OpenSSL gives RISE_ERROR_RUNTIME and opens nothing. */
RISE_API rise_status rise_open_pinned(const char *folder, rise_runtime runtime, int32_t threads,
                                      const uint8_t *public_key, int32_t least_version,
                                      rise_checker **checker);

/* Close a checker; NULL is let pass. */
RISE_API void rise_close(rise_checker *checker);

RISE_API rise_status rise_get_info(const rise_checker *checker, rise_info *info);

/* Not 0 iff the bundle has a radius for a set of modalities on this runtime. */
RISE_API int32_t rise_has_radius(const rise_checker *checker, uint32_t modalities);

/* From now on this checker decides where nothing but colour is required (`accept` not 0), or no longer
 * does (0, as after rise_open: its verdicts are then UNDECIDED with RISE_COLOUR_ALONE). On real pictures
 * colour alone tells people from attacks hardly or not at all: rise_edge/measured/colour_alone.json. */
RISE_API rise_status rise_accept_colour_alone(rise_checker *checker, int32_t accept);

/* Norm, radius and margin of a crop: no evidence is examined and nothing is decided.
 * `embedding` is NULL or has room for `embedding_size` floats. */
RISE_API rise_status rise_read(rise_checker *checker, const rise_crop *crop, rise_reading *reading,
                               float *embedding, int32_t embedding_size);

/* The verdict for a crop. `required` are the modalities without which nothing is decided, colour
 * always among them; others are not read. What is no good evidence is UNDECIDED. */
RISE_API rise_status rise_judge(rise_checker *checker, const rise_crop *crop, uint32_t required,
                                rise_verdict *verdict);

/* Cut a face out of every required picture of a frame and register it. The arrays of `crop` belong
 * to the checker and stand until the next call with it. */
RISE_API rise_status rise_cut(rise_checker *checker, const rise_frame *frame, const rise_face *face,
                              uint32_t required, rise_crop *crop);

/* rise_cut and rise_judge in one; and what only the face shows: that it is RISE_TURNED. */
RISE_API rise_status rise_check(rise_checker *checker, const rise_frame *frame, const rise_face *face,
                                uint32_t required, rise_verdict *verdict);

/* Limits of a session: all that Python's `SessionConfig` has. Behind each field stand its range and its
 * default, which are Python's. */
typedef struct rise_session_options {
  RISE_SIZE_OF(rise_session_options);
  int32_t min_readings;     /* readings without which nothing is decided; 1 or more; 8 */
  double agreement;         /* share of readings inside the sphere without which nothing is LIVE; in
                             * (0.5, 1]; 0.8 */
  double deadline_ms;       /* time from the first face after which the session ends UNDECIDED; above 0;
                             * 3000 */
  double absent_ms;         /* time without sight of the face after which the session ends; above 0; 300 */
  double retry_ms;          /* pause after an undecided session before the same person is tried again;
                             * above 0; 1000 */
  double max_step;          /* longest move of a face between two frames, in widths of the face; a longer
                             * one means another face; above 0; 0.6 */
  double max_growth;        /* largest ratio of its widths in two frames; a larger one means another
                             * face; above 1; 1.5 */
  double false_live;        /* largest share of presentations `delta` outside the sphere that are found
                             * LIVE; in (0, 0.5); 0.0001 */
  double false_spoof;       /* largest share of presentations `delta` inside it that are found SPOOF; in
                             * (0, 0.5); 0.01 */
  double delta;             /* half the width of the zone around the sphere for which neither rate is
                             * promised, as a share of the radius; in (0, 0.5); 0.2 */
  int32_t lockout_spoofs;   /* number of SPOOF sessions that lock the camera; 0 never locks; 0 */
  double lockout_window_ms; /* time within which they count; above 0; 60000 */
  double lockout_ms;        /* time for which nobody is judged then; above 0; 30000 */
} rise_session_options;

/* Write Python's defaults into `options`. Change the fields that you want to change, and open a session. */
RISE_API rise_status rise_session_options_default(rise_session_options *options);

/* A session decides over the frames of one face, by the sequential test that the kiosk decides by
 * (Python: `rise_edge.decision.session`): that is what a door should wait for. It uses its checker, which must
 * outlive it, and belongs to the same thread. */
typedef struct rise_session rise_session;

/* Open a session. `required` are the modalities without which nothing is decided, as for rise_judge.
 * `options` is NULL for the defaults; an option out of its range is RISE_ERROR_ARGUMENT. */
RISE_API rise_status rise_session_open(rise_checker *checker, uint32_t required,
                                       const rise_session_options *options, rise_session **session);

/* Close a session; NULL is let pass. */
RISE_API void rise_session_close(rise_session *session);

/* Take the camera's next frame, with the face to be judged in it; NULL = no face, or more than one.
 * `now_ms` is the time on a clock that never goes back. `seen` is what the frame shows by itself.
 * `verdict` is LIVE or SPOOF once, in the frame that made it certain; UNDECIDED with its reason once,
 * where a session ended so; and UNDECIDED with RISE_UNFINISHED in every other frame. Whoever was
 * decided is judged again after leaving. While it is locked, whoever comes is UNDECIDED with
 * RISE_LOCKED_OUT. */
RISE_API rise_status rise_session_frame(rise_session *session, const rise_frame *frame,
                                        const rise_face *face, double now_ms, rise_verdict *seen,
                                        rise_verdict *verdict);

/* Run golden vectors: the bundle's own, or those of another file (NULL for none). */
RISE_API rise_status rise_selftest(rise_checker *checker, const char *golden, rise_proof *proof);

/* One line of what was expected, what came and what to do, for the last call of this thread that
 * failed; empty if none did. It stands until the next such call. */
RISE_API const char *rise_last_error(void);

RISE_API const char *rise_status_name(rise_status status);
RISE_API const char *rise_outcome_name(rise_outcome outcome);
RISE_API const char *rise_reason_name(rise_reason reason);

#ifdef __cplusplus
}
#endif

#endif
