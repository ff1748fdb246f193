"""Is the picture all there? What decoders pass over without a word, one kind of code per file.

Decoders are made to show something: libjpeg fills what is missing with grey, Pillow compares no
checksums, libtiff goes on after an error. Each check here runs beside the decoder and says only
whether the picture data are whole; nothing of what it decodes is used.
"""
