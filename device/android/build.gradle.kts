// From 9.0 on the Android plugin brings Kotlin itself.
plugins {
    id("com.android.application") version "9.1.0" apply false
    id("com.android.library") version "9.1.0" apply false
}
