use strict;
use warnings;

# Pages of 5 MB, 50 MB and 5 GB, visitors who are slow, and visitors who leave.

use AepServer;
use AepTag;
use Digest::SHA ();
use IO::Socket::INET ();
use Test::More;
use Time::HiRes qw(sleep time);

my $megabyte = 1024 * 1024;
my $front    = '<!doctype html><head>';

my $port   = AepServer::free_port();
my $server = AepServer->start(edge => 'http://127.0.0.1:1', workers => 1, http => <<"HTTP", server => <<"SERVER");
    charset           utf-8;
    proxy_http_version  1.1;
    server {
        listen  127.0.0.1:$port;
        root    html;
        location /chunked/ { alias html/; ssi on; ssi_types *; }
    }
HTTP
    location /disk/       { alias html/; sendfile on; }
    location /memory/     { alias html/; }
    location /buffered/   { proxy_pass http://127.0.0.1:$port/; }
    location /unbuffered/ { proxy_pass http://127.0.0.1:$port/; proxy_buffering off; }
    location /end/disk/       { aep_tag_place head_end; alias html/; sendfile on; }
    location /end/memory/     { aep_tag_place head_end; alias html/; }
    location /end/buffered/   { aep_tag_place head_end; proxy_pass http://127.0.0.1:$port/; }
    location /end/unbuffered/ { aep_tag_place head_end; proxy_pass http://127.0.0.1:$port/; proxy_buffering off; }
    location /end/chunked/    { aep_tag_place head_end; proxy_pass http://127.0.0.1:$port/chunked/; }
    location /chunked/    { proxy_pass http://127.0.0.1:$port/chunked/; }
SERVER

mkdir $server->directory . '/html';

# A page of so many bytes; what is between its beginning and its end may be a hole in the file.
sub write_page {
    my ($name, $size, $piece) = @_;
    open my $out, '>', $server->directory . "/html/$name.html" or die "$name: $!";
    print $out $front;
    my $left = $size - length $front;
    for (; $piece && $left > 0; $left -= length $piece) {
        print $out substr $piece, 0, $left;
    }
    close $out or die "$name: $!";
    truncate $server->directory . "/html/$name.html", $size;
    return;
}

# Asks for a page; a function gets its bytes as they come. Gives its header.
sub fetch {
    my ($path, $take, $begin) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $server->port, Proto => 'tcp')
        or die "connect: $@";
    my $method = $take ? 'GET' : 'HEAD';
    print $socket "$method $path HTTP/1.0\r\nHost: shop.example\r\n\r\n";
    $begin->() if $begin;
    my $text = '';
    sysread $socket, $text, 65536, length $text or last until $text =~ /\r\n\r\n/;
    my ($header, $body) = split /\r\n\r\n/, $text, 2;
    return $header unless $take;
    while ($take->($body) && sysread $socket, $body, $megabyte) { }
    return $header;
}

# Size and digest of a page, and how many tags are in it, tag left out.
sub facts_of {
    my ($path, $begin) = @_;
    my ($size, $tags, $sha, $start) = (0, 0, Digest::SHA->new(1), '');
    my $header = fetch($path, sub {
        my $bytes = shift;
        $size += length $bytes;
        if (length $start < 4096) {    # the tag is in the first bytes
            $start .= $bytes;
            return 1 if length $start < 4096;
            $bytes = $start;
        }
        $tags += $bytes =~ s/$AepTag::pattern//g;
        $sha->add($bytes);
        return 1;
    }, $begin);
    my ($length) = $header =~ /^Content-Length: (\d+)/mi;
    return { size => $size, tags => $tags, digest => $sha->hexdigest, length => $length // $size };
}

sub is_whole {
    my ($path, $name, $begin) = @_;
    my $facts    = facts_of($path, $begin);
    my ($file)   = $path =~ m{([^/]+)$};
    my $expected = Digest::SHA->new(1)->addfile($server->directory . "/html/$file")->hexdigest;
    is($facts->{digest}, $expected, "$path: $name, byte for byte");
    is($facts->{tags}, 1, "$path: with its tag");
    return is($facts->{size}, $facts->{length}, "$path: as long as it says");
}

my $text = join ' ', 1 .. 30000;
write_page('5', 5 * $megabyte, $text);
write_page('50', 50 * $megabyte, $text);
for my $way (qw(disk memory buffered unbuffered chunked)) {
    is_whole("/$way/5.html",  'a page of 5 MB');
    is_whole("/$way/50.html", 'a page of 50 MB') unless $way eq 'memory';
}

# ---- a head of some megabytes, with the tag at its end ----

sub memory {
    my ($worker) = $server->workers;
    open my $in, '<', "/proc/$worker/status" or die "status of $worker: $!";
    my ($peak) = join('', <$in>) =~ /^VmHWM:\s+(\d+) kB/m;
    return $peak / 1024;
}

my $head = "$front<script>" . ("var a = '<\/head>';\n" x 300_000) . '</script>';
my $rest = '</head><body>' . 'Welcome ' x 300_000;
open my $out, '>', $server->directory . '/html/head.html' or die "head.html: $!";
print $out $head, $rest;
close $out or die "head.html: $!";
my $before = memory();
for my $way (qw(disk memory buffered unbuffered chunked)) {
    my $page   = '';
    my $header = fetch("/end/$way/head.html", sub { $page .= shift; return 1 });
    my ($announced) = $header =~ /^Content-Length: (\d+)/mi;
    is(length $page, $announced // length $page, "/end/$way: as long as it says");
    ok(AepTag::marked($page) eq "$head\[tag]$rest", "/end/$way: the tag at the end of the head, and all else as it was");
}
cmp_ok(memory() - $before, '<', 2, 'no copy of the page is made');

# ---- more than 32 bits ----

my $size = 5 * 1024 * $megabyte;
write_page('huge', $size);
my ($length) = fetch('/disk/huge.html') =~ /^Content-Length: (\d+)/mi;
cmp_ok($length, '>', $size, 'a page of 5 GB: a HEAD says a length with the tag');
cmp_ok($length, '<', $size + 2000, 'which is not longer than that');
my $read = '';
fetch('/disk/huge.html', sub { $read .= shift; return length $read < 10 * $megabyte });
is(substr(AepTag::marked(substr $read, 0, 65536), 0, 36), "$front\[tag]" . "\0" x 10, 'a GET has the tag in its place');

# ---- a visitor who reads late ----

for my $way (qw(disk memory buffered unbuffered)) {
    my $others;
    is_whole("/$way/5.html", 'for a visitor who reads late', sub {
        sleep 0.5;
        $others = facts_of('/disk/5.html')->{tags};
        sleep 0.2;
    });
    is($others, 1, "/$way/5.html: others do not wait");
}

# ---- a visitor who leaves ----

for my $way (qw(disk memory buffered unbuffered chunked)) {
    my $count = 0;
    fetch("/$way/50.html", sub { $count += length shift; return $count < $megabyte });
}
my $idle = AepServer::wait_until(sub {
    $server->client->get('/stub_status')->{body} =~ /^Active connections: 1 \n.*Writing: 1 Waiting: 0 $/ms;
});
ok($idle, 'visitors who leave leave nothing behind');
is_whole('/unbuffered/5.html', 'the page for the next one');

$server->quit;
$server->is_clean('in all of it');
unlike($server->log, qr/\[error\]/, 'no error in the log');
done_testing;
