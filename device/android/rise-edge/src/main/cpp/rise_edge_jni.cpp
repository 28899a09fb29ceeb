// Kotlin's org.riseedge.Native over rise_edge.h: arrays in, arrays out. Nothing is decided here.
//
// Where a JNI function fails, its exception is pending and nothing more is done: Java throws it as soon
// as the call returns. What the library itself refuses goes out as a rise_status.
#include <jni.h>

#include <array>
#include <cstdint>
#include <cstring>

#include "rise_edge.h"

namespace {

constexpr int kPictures = 3;   // colour, depth, infrared
constexpr int kPlanes = 3;     // of each
constexpr int kLayout = 9;     // numbers of each
constexpr int kViewpoint = 16;
constexpr int kOptions = 13;   // numbers of a session's options

template <typename Opened>
Opened* opened(jlong handle) {
  return reinterpret_cast<Opened*>(static_cast<std::intptr_t>(handle));
}

rise_checker* checker_of(jlong handle) { return opened<rise_checker>(handle); }
rise_session* session_of(jlong handle) { return opened<rise_session>(handle); }

// The bytes of a text that ends with a zero; null stays null.
class Text {
 public:
  Text(JNIEnv* env, jbyteArray array)
      : env_(env),
        array_(array),
        bytes_(array ? env->GetByteArrayElements(array, nullptr) : nullptr) {}
  ~Text() {
    if (bytes_) env_->ReleaseByteArrayElements(array_, bytes_, JNI_ABORT);
  }
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;

  const char* get() const { return reinterpret_cast<const char*>(bytes_); }

 private:
  JNIEnv* env_;
  jbyteArray array_;
  jbyte* bytes_;
};

jbyteArray bytes_of(JNIEnv* env, const char* text) {
  const auto length = static_cast<jsize>(std::strlen(text));
  const jbyteArray array = env->NewByteArray(length);
  if (array) env->SetByteArrayRegion(array, 0, length, reinterpret_cast<const jbyte*>(text));
  return array;
}

void put_text(JNIEnv* env, jobjectArray texts, jsize place, const char* text) {
  const jbyteArray array = bytes_of(env, text);
  if (!array) return;
  env->SetObjectArrayElement(texts, place, array);
  env->DeleteLocalRef(array);
}

// A picture out of the arrays of Native.check; false with an exception pending.
bool get_image(JNIEnv* env, jint number, jobjectArray planes, jintArray layouts,
               jdoubleArray viewpoints, rise_image* image) {
  std::array<jint, kLayout> layout{};
  std::array<jdouble, kViewpoint> view{};
  env->GetIntArrayRegion(layouts, number * kLayout, kLayout, layout.data());
  env->GetDoubleArrayRegion(viewpoints, number * kViewpoint, kViewpoint, view.data());
  if (env->ExceptionCheck()) return false;
  image->format = static_cast<rise_format>(layout[0]);
  image->width = layout[1];
  image->height = layout[2];
  for (int p = 0; p < kPlanes; ++p) {
    const jobject buffer = env->GetObjectArrayElement(planes, number * kPlanes + p);
    if (env->ExceptionCheck()) return false;
    if (!buffer) continue;
    image->planes[p] = {env->GetDirectBufferAddress(buffer), env->GetDirectBufferCapacity(buffer),
                        layout[3 + 2 * p], layout[4 + 2 * p]};
    env->DeleteLocalRef(buffer);  // the array holds it on
  }
  rise_viewpoint& viewpoint = image->viewpoint;
  viewpoint.fx = view[0];
  viewpoint.fy = view[1];
  viewpoint.cx = view[2];
  viewpoint.cy = view[3];
  std::memcpy(viewpoint.rotation, view.data() + 4, sizeof viewpoint.rotation);
  std::memcpy(viewpoint.translation_mm, view.data() + 13, sizeof viewpoint.translation_mm);
  return true;
}

// The pictures of a frame, out of the arrays of Native.check.
struct Frame {
  std::array<rise_image, kPictures> images{};
  rise_frame frame{};

  // False with an exception pending.
  bool get(JNIEnv* env, jint pictures, jobjectArray planes, jintArray layouts,
           jdoubleArray viewpoints, jint rotation_deg, jboolean mirrored) {
    std::array<const rise_image*, kPictures> given{};
    for (int m = 0; m < kPictures; ++m) {
      if (!(pictures & 1 << m)) continue;
      if (!get_image(env, m, planes, layouts, viewpoints, &images[m])) return false;
      given[m] = &images[m];
    }
    frame = {sizeof frame, given[0], given[1], given[2], rotation_deg, mirrored};
    return true;
  }
};

bool get_face(JNIEnv* env, jfloatArray numbers, rise_face* face) {
  std::array<jfloat, 6> points{};
  env->GetFloatArrayRegion(numbers, 0, points.size(), points.data());
  *face = {{points[0], points[1]}, {points[2], points[3]}, {points[4], points[5]}};
  return !env->ExceptionCheck();
}

void put_verdict(JNIEnv* env, jdoubleArray numbers, const rise_verdict& verdict) {
  const rise_reading& reading = verdict.reading;
  const std::array<jdouble, 6> values{
      static_cast<jdouble>(verdict.outcome),    static_cast<jdouble>(verdict.reason),
      static_cast<jdouble>(reading.modalities), reading.norm, reading.radius, reading.margin};
  env->SetDoubleArrayRegion(numbers, 0, values.size(), values.data());
}

// A session's options in the order of Native.defaultOptions.
std::array<jdouble, kOptions> numbers_of(const rise_session_options& options) {
  return {static_cast<jdouble>(options.min_readings),
          options.agreement,
          options.deadline_ms,
          options.absent_ms,
          options.retry_ms,
          options.max_step,
          options.max_growth,
          options.false_live,
          options.false_spoof,
          options.delta,
          static_cast<jdouble>(options.lockout_spoofs),
          options.lockout_window_ms,
          options.lockout_ms};
}

bool get_options(JNIEnv* env, jdoubleArray numbers, rise_session_options* options) {
  std::array<jdouble, kOptions> given{};
  env->GetDoubleArrayRegion(numbers, 0, kOptions, given.data());
  *options = {sizeof *options, static_cast<int32_t>(given[0]), given[1], given[2], given[3],
              given[4], given[5], given[6], given[7], given[8], given[9],
              static_cast<int32_t>(given[10]), given[11], given[12]};
  return !env->ExceptionCheck();
}

void put_handle(JNIEnv* env, jlongArray handles, const void* opened) {
  const auto number = static_cast<jlong>(reinterpret_cast<std::intptr_t>(opened));
  env->SetLongArrayRegion(handles, 0, 1, &number);
}

}  // namespace

extern "C" {

JNIEXPORT jint JNICALL Java_org_riseedge_Native_open(JNIEnv* env, jclass, jbyteArray folder,
                                                     jint runtime, jint threads, jlongArray handle) {
  const Text path(env, folder);
  if (env->ExceptionCheck()) return RISE_ERROR_MEMORY;
  rise_checker* checker = nullptr;
  const rise_status status =
      rise_open(path.get(), static_cast<rise_runtime>(runtime), threads, &checker);
  put_handle(env, handle, checker);
  if (env->ExceptionCheck()) rise_close(checker);
  return status;
}

JNIEXPORT void JNICALL Java_org_riseedge_Native_close(JNIEnv*, jclass, jlong handle) {
  rise_close(checker_of(handle));
}

JNIEXPORT jint JNICALL Java_org_riseedge_Native_acceptColourAlone(JNIEnv*, jclass, jlong handle,
                                                                  jboolean accept) {
  return rise_accept_colour_alone(checker_of(handle), accept ? 1 : 0);
}

JNIEXPORT jint JNICALL Java_org_riseedge_Native_info(JNIEnv* env, jclass, jlong handle,
                                                     jobjectArray texts, jintArray numbers) {
  rise_info info{};
  const rise_status status = rise_get_info(checker_of(handle), &info);
  if (status != RISE_OK) return status;
  jsize place = 0;
  for (const char* text : {info.name, info.notice, info.identity, info.runtime}) {
    put_text(env, texts, place++, text);
    if (env->ExceptionCheck()) return RISE_ERROR_MEMORY;
  }
  const std::array<jint, 3> values{info.simulated, info.crop_size, info.embedding_size};
  env->SetIntArrayRegion(numbers, 0, values.size(), values.data());
  return status;
}

JNIEXPORT jboolean JNICALL Java_org_riseedge_Native_hasRadius(JNIEnv*, jclass, jlong handle,
                                                              jint modalities) {
  const int32_t found = rise_has_radius(checker_of(handle), static_cast<uint32_t>(modalities));
  return found ? JNI_TRUE : JNI_FALSE;
}

JNIEXPORT jint JNICALL Java_org_riseedge_Native_check(
    JNIEnv* env, jclass, jlong handle, jint pictures, jobjectArray planes, jintArray layouts,
    jdoubleArray viewpoints, jint rotation_deg, jboolean mirrored, jfloatArray face, jint required,
    jdoubleArray verdict) {
  Frame given;
  rise_face found{};
  if (!given.get(env, pictures, planes, layouts, viewpoints, rotation_deg, mirrored) ||
      !get_face(env, face, &found)) {
    return RISE_ERROR_ARGUMENT;
  }
  rise_verdict answer{};
  const rise_status status = rise_check(checker_of(handle), &given.frame, &found,
                                        static_cast<uint32_t>(required), &answer);
  put_verdict(env, verdict, answer);
  return status;
}

JNIEXPORT jint JNICALL Java_org_riseedge_Native_defaultOptions(JNIEnv* env, jclass,
                                                               jdoubleArray numbers) {
  rise_session_options options;
  const rise_status status = rise_session_options_default(&options);
  const auto values = numbers_of(options);
  env->SetDoubleArrayRegion(numbers, 0, kOptions, values.data());
  return status;
}

JNIEXPORT jint JNICALL Java_org_riseedge_Native_openSession(JNIEnv* env, jclass, jlong handle,
                                                            jint required, jdoubleArray options,
                                                            jlongArray session) {
  rise_session_options limits;
  if (!get_options(env, options, &limits)) return RISE_ERROR_ARGUMENT;
  rise_session* opened = nullptr;
  const rise_status status =
      rise_session_open(checker_of(handle), static_cast<uint32_t>(required), &limits, &opened);
  put_handle(env, session, opened);
  if (env->ExceptionCheck()) rise_session_close(opened);
  return status;
}

JNIEXPORT void JNICALL Java_org_riseedge_Native_closeSession(JNIEnv*, jclass, jlong session) {
  rise_session_close(session_of(session));
}

JNIEXPORT jint JNICALL Java_org_riseedge_Native_sessionFrame(
    JNIEnv* env, jclass, jlong session, jint pictures, jobjectArray planes, jintArray layouts,
    jdoubleArray viewpoints, jint rotation_deg, jboolean mirrored, jfloatArray face, jdouble now_ms,
    jdoubleArray seen, jdoubleArray verdict) {
  Frame given;
  rise_face found{};
  if (!given.get(env, pictures, planes, layouts, viewpoints, rotation_deg, mirrored) ||
      (face && !get_face(env, face, &found))) {
    return RISE_ERROR_ARGUMENT;
  }
  rise_verdict shown{};
  rise_verdict answer{};
  const rise_status status = rise_session_frame(session_of(session), &given.frame,
                                                face ? &found : nullptr, now_ms, &shown, &answer);
  put_verdict(env, seen, shown);
  if (!env->ExceptionCheck()) put_verdict(env, verdict, answer);
  return status;
}

JNIEXPORT jint JNICALL Java_org_riseedge_Native_selftest(JNIEnv* env, jclass, jlong handle,
                                                         jbyteArray golden, jobjectArray line,
                                                         jdoubleArray numbers) {
  const Text path(env, golden);
  if (env->ExceptionCheck()) return RISE_ERROR_MEMORY;
  rise_proof proof{};
  const rise_status status = rise_selftest(checker_of(handle), path.get(), &proof);
  if (status != RISE_OK) return status;
  put_text(env, line, 0, proof.line);
  if (env->ExceptionCheck()) return RISE_ERROR_MEMORY;
  const std::array<jdouble, 4> values{static_cast<jdouble>(proof.count), proof.largest_difference,
                                      static_cast<jdouble>(proof.flips),
                                      static_cast<jdouble>(proof.holds)};
  env->SetDoubleArrayRegion(numbers, 0, values.size(), values.data());
  return status;
}

JNIEXPORT jbyteArray JNICALL Java_org_riseedge_Native_lastError(JNIEnv* env, jclass) {
  return bytes_of(env, rise_last_error());
}

}  // extern "C"
