use strict;
use warnings;

# A page of any size costs no copy: a worker needs the same memory for a page of 50 MB as for one of 1 MB.

use AepServer;
use AepTag;
use IO::Compress::Gzip ();
use IO::Socket::INET ();
use Test::More;

my $megabyte   = 1024 * 1024;
my $compressed = qr{^/(?:gzip|both|static)/};

# The most that a new worker's memory has grown by while it sent the page at `path`, in kilobytes, and the page's size.
sub growth {
    my ($path, $size) = @_;
    my $port   = AepServer::free_port();
    my $server = AepServer->start(edge => 'http://127.0.0.1:1', workers => 1, http => <<"HTTP", server => <<"SERVER");
    proxy_max_temp_file_size  0;
    server {
        listen  127.0.0.1:$port;
        root    html;
    }
HTTP
    location /disk/       { alias html/; }
    location /sendfile/   { alias html/; sendfile on; }
    location /buffered/   { proxy_pass http://127.0.0.1:$port/; }
    location /unbuffered/ { proxy_pass http://127.0.0.1:$port/; proxy_buffering off; }
    location /temporary/  { proxy_pass http://127.0.0.1:$port/; proxy_max_temp_file_size 100m; }
    location /gzip/       { alias html/; gzip on; gzip_comp_level 1; }
    location /both/       { alias html/; gzip on; gzip_comp_level 1; sendfile on; }
    location /static/     { alias html/; gzip_static always; sendfile on; }
SERVER
    write_pages($server->directory . '/html', $size);
    fetch($server->port, '/disk/small.html');    # what is needed once

    my ($worker) = $server->workers;
    my $before = memory($worker, 'VmRSS');
    reset_peak($worker);
    my ($received, $tags) = fetch($server->port, $path);
    my $growth = memory($worker, 'VmHWM') - $before;
    $server->quit;
    $server->is_clean("with $path");
    is($tags, $path =~ m{/page} ? 1 : 0, "$path has its tag") unless $path =~ $compressed;
    return ($growth, $received);
}

sub write_pages {
    my ($directory, $size) = @_;
    mkdir $directory;
    my %front = (page => '<!doctype html><head><meta charset="utf-8"></head><body>', list => '<ul>', small => '<html>');
    for my $name (keys %front) {
        open my $out, '>', "$directory/$name.html" or die "$name: $!";
        print $out $front{$name};
        next if $name eq 'small';
        print $out 'x' x $megabyte for 1 .. $size;
        close $out or die "$name: $!";
        IO::Compress::Gzip::gzip("$directory/$name.html" => "$directory/$name.html.gz", Level => 1) or die "$name.gz";
    }
    return;
}

# Reads a response to its end, keeping only its beginning.
sub fetch {
    my ($port, $path) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Proto => 'tcp') or die "connect: $@";
    print $socket "GET $path HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n"
        . "Accept-Encoding: gzip\r\n\r\n";
    my ($front, $size) = ('', 0);
    while (my $count = sysread $socket, my $piece, $megabyte) {
        $front = $piece if $size == 0;
        $size += $count;
    }
    return ($size, scalar AepTag::data($front));
}

sub memory {
    my ($pid, $name) = @_;
    open my $in, '<', "/proc/$pid/status" or die "status of $pid: $!";
    my ($kilobytes) = join('', <$in>) =~ /^$name:\s+(\d+) kB/m;
    return $kilobytes;
}

sub reset_peak {
    my $pid = shift;
    open my $out, '>', "/proc/$pid/clear_refs" or return;
    print $out "5\n";
    return;
}

for my $path (map { ("/$_/page.html", "/$_/list.html") }
    qw(disk sendfile buffered unbuffered temporary gzip both static)) {
    my ($small, $small_size) = growth($path, 1);
    my ($large, $large_size) = growth($path, 50);
    cmp_ok($large_size, '>', 50 * $megabyte, "$path: all of 50 MB") unless $path =~ $compressed;
    cmp_ok($large - $small, '<', 512, "$path: $small kB for 1 MB, $large kB for 50 MB");
}

done_testing;
